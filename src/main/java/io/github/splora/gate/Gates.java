package io.github.splora.gate;

import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.report.EffectRow;
import io.github.splora.report.Figures;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import io.github.splora.report.Verdict;
import io.github.splora.score.ModuleScore.Unscored;
import io.github.splora.select.ModuleFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The gates of a run. A run with at least one also fails if something changes the model that has no score, and if the adapter has
 * modules that PEFT would not load: a score says nothing about them.
 *
 * @param conditions the user's conditions
 * @param accepted patterns of the changes without a score that the user accepts
 */
public record Gates(List<Gate> conditions, List<String> accepted) {

    /** No gates at all. */
    public static final Gates NONE = new Gates(List.of(), List.of());

    /** Reasons for which a module has no score although the user did not leave it out, and although it changes the model. */
    private static final Set<String> UNJUDGED =
            Set.of(Unscored.NO_REFERENCE.toString(), Unscored.NO_SPREAD.toString(), Unscored.NO_DIRECTION.toString());

    /** Returns the report with the verdict on it; unchanged if there are no gates. */
    public RunReport judge(RunReport report) {
        return conditions.isEmpty() ? report : report.with(verdict(report));
    }

    /** Returns the verdict on a report, of the gates that every gated run has even if there are no conditions. */
    public Verdict verdict(RunReport report) {
        List<Verdict.Gate> gates = new ArrayList<>();
        conditions.forEach(gate -> gates.add(gate.judge(report)));
        unscored(report).ifPresent(gates::add);
        notLoaded(report).ifPresent(gates::add);
        return Verdict.of(gates);
    }

    private Optional<Verdict.Gate> unscored(RunReport report) {
        Predicate<String> isAccepted =
                accepted.isEmpty() ? name -> false : ModuleFilter.anyOf("--allow-unscored", accepted);
        List<String> names = unscoredNames(report).filter(isAccepted.negate()).toList();
        if (names.isEmpty()) {
            return Optional.empty();
        }
        Double share = report.summary().judgedShare();
        return Optional.of(new Verdict.Gate(
                "unscored",
                false,
                share,
                names,
                "gate failed: " + names.size()
                        + Plural.choose(names.size(), " unscored part changes", " unscored parts change")
                        + " the model ("
                        + Printable.text(Verdict.names(names)) + "); "
                        + (share == null
                                ? "the scores' share of all changes is unknown"
                                : "the scores judge " + Figures.percent(share) + " of the squared norm of all changes")
                        + "; to accept them, name them with --allow-unscored"));
    }

    private static Stream<String> unscoredNames(RunReport report) {
        return Stream.concat(
                report.modules().stream()
                        .filter(row -> row.unscored() != null && UNJUDGED.contains(row.unscored()))
                        .map(ModuleRow::name),
                report.effects().stream().map(EffectRow::name));
    }

    private static Optional<Verdict.Gate> notLoaded(RunReport report) {
        List<String> names = report.modules().stream()
                .filter(row -> Unscored.NOT_LOADED.toString().equals(row.unscored()))
                .map(ModuleRow::name)
                .toList();
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(new Verdict.Gate(
                        "not-loaded",
                        false,
                        null,
                        names,
                        "gate failed: PEFT would not load " + Plural.of(names.size(), "module") + " of the adapter ("
                                + Printable.text(Verdict.names(names))
                                + "): the config does not select them, or their keys do not belong to the model; remove"
                                + " them from the adapter"));
    }
}
