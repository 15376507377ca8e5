package io.github.splora.gate;

import io.github.splora.error.Printable;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import io.github.splora.report.RunReport.Summary;
import io.github.splora.report.Verdict;
import io.github.splora.statistics.Condition;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A condition that fails a pipeline when it holds.
 *
 * @param condition a condition on one of the {@link #figures} of a report's summary
 */
public record Gate(Condition condition) implements Serializable {

    private static final MathContext DIGITS = new MathContext(6);

    private static final Map<String, Function<Summary, Number>> FIGURES = byName();

    /** Returns the names of the figures that a condition can be about. */
    public static Collection<String> figures() {
        return FIGURES.keySet();
    }

    /**
     * Returns a figure of a summary; null if it is undefined there.
     *
     * @param name one of {@link #figures}
     */
    public static @Nullable Number figure(String name, Summary summary) {
        return Objects.requireNonNull(FIGURES.get(name)).apply(summary);
    }

    /**
     * Judges a report. The gate fails if the condition holds, and if the figure is not finite; an undefined figure never
     * triggers it.
     */
    public Verdict.Gate judge(RunReport report) {
        Number number = figure(condition.figure(), report.summary());
        Double value = number == null ? null : Double.valueOf(number.doubleValue());
        boolean isFinite = value == null || Double.isFinite(value);
        boolean passes = isFinite && !condition.isMetBy(value);
        List<String> offenders = passes ? List.of() : offenders(report);
        return new Verdict.Gate(
                condition.text(), passes, isFinite ? value : null, offenders, message(number, passes, offenders));
    }

    /** Whether the gate's figure counts what a prune would remove. */
    public boolean isAboutPruning() {
        return condition.figure().startsWith("pruned");
    }

    @Override
    public String toString() {
        return condition.text();
    }

    private String message(@Nullable Number number, boolean passes, List<String> offenders) {
        if (number == null) {
            return "gate passed: " + condition.text() + " (" + condition.figure() + " is undefined)";
        }
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            return "gate failed: " + condition.figure() + " is not a finite number, so " + condition.text()
                    + " cannot be checked";
        }
        String limit = condition.comparison() + " "
                + new BigDecimal(Double.toString(condition.limit()))
                        .stripTrailingZeros()
                        .toPlainString();
        return passes
                ? "gate passed: " + condition.figure() + " " + shown(number) + ", not " + limit
                : "gate failed: " + condition.figure() + " " + shown(number) + " " + limit
                        + (offenders.isEmpty() ? "" : " (" + Printable.text(Verdict.names(offenders)) + ")");
    }

    /** Returns the modules because of which the condition holds, those with the highest scores first. */
    private List<String> offenders(RunReport report) {
        Predicate<ModuleRow> isMeant =
                switch (condition.figure()) {
                    case "max-score" -> row -> condition.isMetBy(row.score());
                    case "max-kept-score" -> row -> !row.goes() && condition.isMetBy(row.score());
                    case "scored" -> row -> row.score() == null;
                    case "modules", "judged-share", "mean-cosine" -> row -> false;
                    case "against-alignment" -> row -> row.cosine() != null && row.cosine() < 0;
                    default -> ModuleRow::goes;
                };
        return report.modules().stream()
                .filter(isMeant)
                .sorted(Comparator.comparing(ModuleRow::score, Comparator.nullsLast(Comparator.reverseOrder())))
                .map(ModuleRow::name)
                .toList();
    }

    /** Rounds to six digits, as later ones differ between processors, unless the rounded value would be judged differently. */
    private String shown(Number value) {
        double exact = value.doubleValue();
        double rounded = new BigDecimal(value.toString()).round(DIGITS).doubleValue();
        return value instanceof Double && condition.isMetBy(rounded) == condition.isMetBy(exact)
                ? Double.toString(rounded)
                : value.toString();
    }

    private static Map<String, Function<Summary, Number>> byName() {
        Map<String, Function<Summary, Number>> figures = new LinkedHashMap<>();
        figures.put("modules", Summary::modules);
        figures.put("scored", Summary::scored);
        figures.put("pruned", Summary::pruned);
        figures.put("pruned-fraction", Summary::prunedFraction);
        figures.put("max-score", Summary::maxScore);
        figures.put("max-kept-score", Summary::maxKeptScore);
        figures.put("pruned-delta-share", Summary::prunedDeltaShare);
        figures.put("judged-share", Summary::judgedShare);
        figures.put("mean-cosine", Summary::meanCosine);
        figures.put("against-alignment", Summary::againstAlignment);
        return figures;
    }
}
