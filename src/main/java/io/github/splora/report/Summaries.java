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

    /** Summarizes modules of a fine-tune that changes nothing else, without their directions. */
    public static Summary of(List<ModuleRow> rows) {
        return of(rows, List.of(), false);
    }

    /**
     * Summarizes a fine-tune.
     *
     * @param rows the modules; at least one
     * @param effects what else changes the model
     * @param withDirections whether the cosines are those with the alignment delta
     */
    public static Summary of(List<ModuleRow> rows, List<EffectRow> effects, boolean withDirections) {
        int pruned = (int) rows.stream().filter(ModuleRow::goes).count();
        // Norms are divided by the largest, because their squares may overflow.
        double unit = Stream.concat(
                        rows.stream().map(ModuleRow::deltaNorm),
                        effects.stream().map(EffectRow::norm))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        double modules = energy(rows, row -> true, unit);
        double rest = energy(effects.stream().map(EffectRow::norm), unit);
        boolean isKnown = effects.stream().allMatch(effect -> effect.norm() != null);
        List<Double> cosines = withDirections
                ? rows.stream().map(ModuleRow::cosine).filter(Objects::nonNull).toList()
                : List.of();
        return new Summary(
                rows.size(),
                (int) rows.stream().filter(row -> row.score() != null).count(),
                pruned,
                (double) pruned / rows.size(),
                maxScore(rows.stream()),
                maxScore(rows.stream().filter(row -> !row.goes())),
                modules == 0 ? null : Double.valueOf(energy(rows, ModuleRow::goes, unit) / modules),
                modules + rest == 0 || !isKnown
                        ? null
                        : Double.valueOf(energy(rows, row -> row.score() != null, unit) / (modules + rest)),
                cosines.isEmpty()
                        ? null
                        : Integer.valueOf((int)
                                cosines.stream().filter(cosine -> cosine < 0).count()),
                cosines.isEmpty()
                        ? null
                        : Double.valueOf(cosines.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .sum()
                                / cosines.size()));
    }

    private static @Nullable Double maxScore(Stream<ModuleRow> rows) {
        return rows.map(ModuleRow::score)
                .filter(Objects::nonNull)
                .max(Double::compare)
                .orElse(null);
    }

    private static double energy(List<ModuleRow> rows, Predicate<ModuleRow> which, double unit) {
        return energy(rows.stream().filter(which).map(ModuleRow::deltaNorm), unit);
    }

    private static double energy(Stream<Double> norms, double unit) {
        return norms.filter(Objects::nonNull)
                .mapToDouble(norm -> unit == 0 ? 0 : (norm / unit) * (norm / unit))
                .sum();
    }
}
