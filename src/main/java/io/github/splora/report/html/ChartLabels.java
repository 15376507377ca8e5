package io.github.splora.report.html;

import io.github.splora.report.html.SweepChart.Label;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds places for the numbers of a chart's points, so that no number covers another one or a point. */
final class ChartLabels {

    private static final double RADIUS = 5;
    private static final double DIGIT = 7;
    private static final double HEIGHT = 11;

    private final double width;
    private final double height;
    private final List<Box> taken = new ArrayList<>();

    /** A place beside a point, relative to it. {@code shift} is the label's left edge in units of its width. */
    private record Side(double dx, double dy, String anchor, double shift) {}

    private static final List<Side> SIDES = List.of(
            new Side(8, -4, "", 0),
            new Side(8, 12, "", 0),
            new Side(-8, -4, "end", -1),
            new Side(-8, 12, "end", -1),
            new Side(0, -9, "mid", -0.5),
            new Side(0, 18, "mid", -0.5));

    private record Box(double left, double top, double right, double bottom) {

        boolean overlaps(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }
    }

    ChartLabels(double width, double height) {
        this.width = width;
        this.height = height;
    }

    /** Keeps the place of a point free. */
    void addPoint(double x, double y) {
        taken.add(new Box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS));
    }

    /**
     * Returns a label beside a point.
     *
     * @param isNeeded whether it is placed even where it covers something
     * @return null if there is no room and the label is not needed
     */
    @Nullable
    Label place(double x, double y, int number, boolean isNeeded) {
        double size = DIGIT * String.valueOf(number).length();
        for (Side side : SIDES) {
            double left = x + side.dx() + side.shift() * size;
            double base = y + side.dy();
            Box box = new Box(left, base - HEIGHT + 2, left + size, base + 1);
            boolean isInside = box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height;
            if (isInside && taken.stream().noneMatch(box::overlaps)) {
                taken.add(box);
                return label(x, y, side, number);
            }
        }
        return isNeeded ? label(x, y, SIDES.get(0), number) : null;
    }

    private static Label label(double x, double y, Side side, int number) {
        return new Label(Axis.coordinate(x + side.dx()), Axis.coordinate(y + side.dy()), side.anchor(), number);
    }
}
