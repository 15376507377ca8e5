package io.github.splora.cli;

import io.github.splora.report.RunReport.Summary;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A condition on one figure of a report's summary under which a pipeline must stop. */
final class Gate {

    private static final Pattern CONDITION =
            Pattern.compile("\\s*(?<figure>[a-z-]+)\\s*(?<comparison>>=|<=|>|<|==|=)\\s*(?<limit>[-+.0-9eE]+)\\s*");

    private static final MathContext DIGITS = new MathContext(6);

    private static final Map<String, Function<Summary, Number>> FIGURES = figures();

    private final String condition;
    private final Function<Summary, Number> figure;
    private final String comparison;
    private final double limit;

    private Gate(String condition, Function<Summary, Number> figure, String comparison, double limit) {
        this.condition = condition;
        this.figure = figure;
        this.comparison = comparison;
        this.limit = limit;
    }

    /** Why the pipeline must stop, in one line; empty if it need not. A figure that there is none of stops nothing. */
    Optional<String> objection(Summary summary) {
        Number value = figure.apply(summary);
        return value != null && isMet(value.doubleValue())
                ? Optional.of("gate " + condition + ": it is " + shown(value))
                : Optional.empty();
    }

    /** Whether the gate is about what is to be pruned. */
    boolean isAboutPruning() {
        return condition.startsWith("pruned");
    }

    @Override
    public String toString() {
        return condition;
    }

    private boolean isMet(double value) {
        return switch (comparison) {
            case ">" -> value > limit;
            case ">=" -> value >= limit;
            case "<" -> value < limit;
            case "<=" -> value <= limit;
            default -> value == limit;
        };
    }

    /** Six digits, since the last ones differ from processor to processor; all, where six would not show why. */
    private String shown(Number value) {
        double rounded = new BigDecimal(value.toString()).round(DIGITS).doubleValue();
        return value instanceof Double && isMet(rounded) ? Double.toString(rounded) : value.toString();
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

    /** Reads {@code pruned>0}. */
    static final class Converter implements ITypeConverter<Gate> {
        @Override
        public Gate convert(String text) {
            Matcher match = CONDITION.matcher(text);
            if (!match.matches() || !FIGURES.containsKey(match.group("figure"))) {
                throw new TypeConversionException("'" + text + "' is not a figure ("
                        + String.join(", ", FIGURES.keySet()) + "), >, >=, <, <= or =, and a number");
            }
            try {
                double limit = Double.parseDouble(match.group("limit"));
                if (!Double.isFinite(limit)) {
                    throw new TypeConversionException("'" + match.group("limit") + "' is beyond every figure");
                }
                return new Gate(text.strip(), FIGURES.get(match.group("figure")), match.group("comparison"), limit);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + match.group("limit") + "' is not a number");
            }
        }
    }
}
