package io.github.splora.report.html;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * One axis of a chart.
 *
 * @param low value at its start
 * @param high value at its end, above {@code low}
 * @param start coordinate of its start
 * @param end coordinate of its end
 */
record Axis(double low, double high, double start, double end) {

    private static final int ABOUT_TICKS = 6;

    /** A labeled tick mark. */
    record Tick(String at, String label) {}

    /** Returns the coordinate of a value; values beyond an end are drawn at the end. */
    String at(double value) {
        double share = Math.min(1, Math.max(0, (value - low) / (high - low)));
        return coordinate(start + share * (end - start));
    }

    /** Returns ticks at round values: one, two or five times a power of ten apart. */
    List<Tick> ticks() {
        double rough = (high - low) / ABOUT_TICKS;
        BigDecimal power = BigDecimal.ONE.scaleByPowerOfTen((int) Math.floor(Math.log10(rough)));
        double multiple = rough / power.doubleValue();
        BigDecimal step =
                power.multiply(BigDecimal.valueOf(multiple < 1.5 ? 1 : multiple < 3.5 ? 2 : multiple < 7.5 ? 5 : 10));
        List<Tick> ticks = new ArrayList<>();
        BigDecimal first =
                new BigDecimal(low).divide(step, 0, RoundingMode.CEILING).multiply(step);
        for (BigDecimal value = first; value.doubleValue() <= high; value = value.add(step)) {
            ticks.add(new Tick(at(value.doubleValue()), label(value)));
        }
        return ticks;
    }

    static String coordinate(double value) {
        return BigDecimal.valueOf(value)
                .setScale(1, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String label(BigDecimal value) {
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        double size = plain.abs().doubleValue();
        return size == 0 || (size >= 1e-4 && size < 1e6)
                ? plain.toPlainString()
                : plain.round(new MathContext(3)).toString();
    }
}
