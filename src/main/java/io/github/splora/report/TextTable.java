package io.github.splora.report;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Aligns the columns of a table for a terminal. */
public final class TextTable {

    private TextTable() {}

    /**
     * Returns the table, line by line.
     *
     * @param rows all of the same length; the first one is the header
     * @param texts indexes of the columns that are aligned to the left
     */
    public static String of(List<List<String>> rows, Set<Integer> texts) {
        List<Integer> widths = IntStream.range(0, rows.get(0).size())
                .mapToObj(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toList();
        return rows.stream().map(row -> line(row, widths, texts)).collect(Collectors.joining());
    }

    private static String line(List<String> row, List<Integer> widths, Set<Integer> texts) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String padding = " ".repeat(widths.get(i) - row.get(i).length());
            line.append(texts.contains(i) ? row.get(i) + padding : padding + row.get(i))
                    .append("  ");
        }
        return line.toString().stripTrailing() + "\n";
    }
}
