package io.github.splora.cli;

import io.github.splora.report.RunReport.Summary;
import io.github.splora.statistics.Condition;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A condition that fails a pipeline when it holds.
 *
 * @param condition a condition on one of the {@link #FIGURES} of a report's summary
 */
record Gate(Condition condition) {

    private static final MathContext DIGITS = new MathContext(6);

    private static final Map<String, Function<Summary, Number>> FIGURES = figures();

    /**
     * Returns why the gate fails, in one line; empty if the condition does not hold. An undefined figure never triggers
     * a gate.
     */
    Optional<String> failure(Summary summary) {
        Number value = Objects.requireNonNull(FIGURES.get(condition.figure())).apply(summary);
        return value != null && condition.isMetBy(value.doubleValue())
                ? Optional.of(
                        "gate failed: " + condition.text() + " (" + condition.figure() + " = " + shown(value) + ")")
                : Optional.empty();
    }

    /** Whether the gate's figure counts what a prune would remove. */
    boolean isAboutPruning() {
        return condition.figure().startsWith("pruned");
    }

    @Override
    public String toString() {
        return condition.text();
    }

    /** Rounds to six digits, as later ones differ between processors, unless the rounded value would pass the gate. */
    private String shown(Number value) {
        double rounded = new BigDecimal(value.toString()).round(DIGITS).doubleValue();
        return value instanceof Double && condition.isMetBy(rounded) ? Double.toString(rounded) : value.toString();
    }

    private static Map<String, Function<Summary, Number>> figures() {
        Map<String, Function<Summary, Number>> figures = new LinkedHashMap<>();
        figures.put("modules", Summary::modules);
        figures.put("scored", Summary::scored);
        figures.put("pruned", Summary::pruned);
        figures.put("pruned-fraction", Summary::prunedFraction);
        figures.put("max-score", Summary::maxScore);
        figures.put("max-kept-score", Summary::maxKeptScore);
        figures.put("pruned-delta-share", Summary::prunedDeltaShare);
        return figures;
    }

    /** Reads a gate such as {@code pruned>0}. */
    static final class Converter implements ITypeConverter<Gate> {
        @Override
        public Gate convert(String text) {
            return ConditionConverter.parsed(text)
                    .filter(condition -> FIGURES.containsKey(condition.figure()))
                    .map(Gate::new)
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a condition: a figure ("
                            + String.join(", ", FIGURES.keySet()) + "), then " + Condition.COMPARISONS
                            + ", then a number"));
        }
    }
}
