package io.github.splora.report;

import io.github.splora.report.RunReport.Summary;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Summarizes rows. */
public final class Summaries {

    private Summaries() {}

    /** @param rows the rows; at least one */
    public static Summary of(List<ModuleRow> rows) {
        int pruned = (int) rows.stream().filter(ModuleRow::goes).count();
        double all = energy(rows, row -> true);
        return new Summary(
                rows.size(),
                (int) rows.stream().filter(row -> row.score() != null).count(),
                pruned,
                (double) pruned / rows.size(),
                maxScore(rows.stream()),
                maxScore(rows.stream().filter(row -> !row.goes())),
                all == 0 ? null : Double.valueOf(energy(rows, ModuleRow::goes) / all));
    }

    private static @Nullable Double maxScore(Stream<ModuleRow> rows) {
        return rows.map(ModuleRow::score)
                .filter(Objects::nonNull)
                .max(Double::compare)
                .orElse(null);
    }

    private static double energy(List<ModuleRow> rows, Predicate<ModuleRow> which) {
        return rows.stream()
                .filter(which)
                .map(ModuleRow::deltaNorm)
                .filter(Objects::nonNull)
                .mapToDouble(norm -> norm * norm)
                .sum();
    }
}
