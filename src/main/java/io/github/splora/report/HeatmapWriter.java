package io.github.splora.report;

import io.github.splora.error.Printable;
import io.github.splora.report.Heatmap.Line;
import java.util.ArrayList;
import java.util.List;

/** Writes a heatmap for a terminal of 80 columns: a digit for each module, a column per block, a row per type. */
public final class HeatmapWriter implements ReportWriter {

    private static final int WIDTH = 80;
    private static final int LONGEST_LABEL = 28;
    private static final int CELL = 2;
    private static final int LABEL_EVERY = 5;
    private static final String PLAIN = "\u001b[0m";
    /** Background colors of the xterm palette, from light yellow to red. Black text is readable on each. */
    private static final int[] BACKGROUNDS = {230, 229, 228, 222, 221, 215, 214, 208, 202, 196};

    private final boolean color;

    /** @param color whether to use escape sequences for color */
    public HeatmapWriter(boolean color) {
        this.color = color;
    }

    @Override
    public String write(RunReport report) {
        Heatmap map = Heatmap.of(report.modules());
        ScoreScale scale = map.scale();
        StringBuilder text = new StringBuilder("\nscore by type and block: 0 = " + Figures.number(scale.low())
                + (scale.clipped() ? " and below" : "") + ", 9 = " + Figures.number(scale.high())
                + (scale.clipped() ? " and above" : "") + "\n* = "
                + ActionWords.of(report).selected() + ", - = no score\n");
        int labelWidth = Math.min(
                LONGEST_LABEL,
                map.types().stream().mapToInt(String::length).max().orElse(0));
        int numberWidth = map.lines().stream()
                .mapToInt(line -> line.number().length())
                .max()
                .orElse(0);
        int room = WIDTH - labelWidth - 2 - Math.max(0, numberWidth - CELL);
        for (List<Line> band : bands(map.lines(), room / CELL)) {
            text.append('\n')
                    .append(map.hasManyStacks() ? Printable.text(band.get(0).stack()) + "\n" : "");
            text.append(" ".repeat(labelWidth + 2)).append(numbers(band)).append('\n');
            for (String type : map.types()) {
                if (band.stream().anyMatch(line -> line.cells().containsKey(type))) {
                    text.append(label(type, labelWidth))
                            .append("  ")
                            .append(cells(type, band, scale))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    /** Splits the lines into bands of as many blocks as fit side by side. A band never mixes stacks. */
    private static List<List<Line>> bands(List<Line> lines, int size) {
        List<List<Line>> bands = new ArrayList<>();
        for (Line line : lines) {
            List<Line> last = bands.isEmpty() ? null : bands.get(bands.size() - 1);
            if (last == null || last.size() == size || !last.get(0).stack().equals(line.stack())) {
                last = new ArrayList<>();
                bands.add(last);
            }
            last.add(line);
        }
        return bands;
    }

    private static String numbers(List<Line> band) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < band.size(); i += LABEL_EVERY) {
            String number = band.get(i).number();
            text.append(" ".repeat(Math.max(0, i * CELL - text.length()))).append(number);
        }
        return text.toString();
    }

    private String cells(String type, List<Line> band, ScoreScale scale) {
        StringBuilder text = new StringBuilder();
        for (Line line : band) {
            ModuleRow row = line.cells().get(type);
            text.append(row == null ? " ".repeat(CELL) : cell(row, scale));
        }
        return text.toString().stripTrailing();
    }

    private String cell(ModuleRow row, ScoreScale scale) {
        if (row.score() == null) {
            return "- ";
        }
        int level = scale.level(row.score());
        String text = level + (row.goes() ? "*" : " ");
        return color ? "\u001b[38;5;16;48;5;" + BACKGROUNDS[level] + "m" + text + PLAIN : text;
    }

    private static String label(String type, int width) {
        String name = Printable.text(type);
        String end = name.length() <= width ? name : "~" + name.substring(name.length() - width + 1);
        return end + " ".repeat(width - end.length());
    }
}
