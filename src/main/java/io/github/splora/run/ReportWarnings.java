package io.github.splora.run;

import io.github.splora.error.Plural;
import io.github.splora.report.EffectRow;
import io.github.splora.report.Figures;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport.Summary;
import io.github.splora.report.Verdict;
import io.github.splora.score.ModuleScore.Unscored;
import io.github.splora.score.Negligible;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Warnings that follow from a report's own rows. */
final class ReportWarnings {

    private static final int SMALLEST_POPULATION = 4;

    private ReportWarnings() {}

    static List<String> of(List<ModuleRow> rows, List<EffectRow> effects, Summary summary) {
        List<String> ignored = rows.stream()
                .filter(row -> Unscored.NOT_LOADED.toString().equals(row.unscored()))
                .map(ModuleRow::name)
                .toList();
        return Stream.of(ofEffects(effects, "not scored", summary.judgedShare()), ofIgnored(ignored))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Returns a warning if something besides the modules changes the model.
     *
     * @param status what becomes of it, after "is" or "are"
     * @param judgedShare share of all changes that the scores judge; null if unknown
     */
    static Optional<String> ofEffects(List<EffectRow> effects, String status, @Nullable Double judgedShare) {
        return effects.isEmpty()
                ? Optional.empty()
                : Optional.of(Plural.of(effects.size(), "part")
                        + Plural.choose(effects.size(), " of the fine-tune changes", " of the fine-tune change")
                        + " the model but "
                        + Plural.choose(effects.size(), "is", "are") + " " + status + ": "
                        + Verdict.names(effects.stream()
                                .map(effect -> effect.name() + " (" + effect.kind() + ")")
                                .toList())
                        + (judgedShare == null
                                ? ""
                                : "; the scores judge " + Figures.percent(judgedShare)
                                        + " of the squared norm of all changes"));
    }

    /** Returns a warning about modules that PEFT would not load, if there are any. */
    static Optional<String> ofIgnored(List<String> modules) {
        return modules.isEmpty()
                ? Optional.empty()
                : Optional.of("PEFT would not load " + Plural.of(modules.size(), "module") + " of the adapter, so "
                        + Plural.choose(modules.size(), "it takes", "they take") + " no part: "
                        + Verdict.names(modules)
                        + "; the config does not select them, or their keys do not belong to the model");
    }

    /**
     * Returns a warning if the scores are relative to a population that is too small to tell what is usual in it.
     *
     * @param rows rows whose scores compare a module with the adapter's others
     */
    static Optional<String> ofPopulation(List<ModuleRow> rows) {
        double smallest = Negligible.limit(
                rows.stream().map(ModuleRow::deltaNorm).toList(),
                rows.stream().map(ModuleRow::alignmentNorm).toList());
        long members = rows.stream()
                .filter(row -> row.distance() != null && row.deltaNorm() != null && row.deltaNorm() >= smallest)
                .count();
        return members >= SMALLEST_POPULATION
                ? Optional.empty()
                : Optional.of("the scores compare modules with a population of only " + members
                        + ", too few to tell which ones stand out; --metric cosine judges each module on its own");
    }
}
