package io.github.splora.statistics;

import java.io.Serializable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of a named figure with a limit: {@code pruned>0}.
 *
 * @param text as the user wrote it, without surrounding blanks
 * @param figure name of the figure
 * @param comparison one of {@code >}, {@code >=}, {@code <}, {@code <=}, {@code =} and {@code ==}
 * @param limit a finite number
 */
public record Condition(String text, String figure, String comparison, double limit) implements Serializable {

    /** The comparisons, for error messages. */
    public static final String COMPARISONS = ">, >=, <, <= or =";

    private static final Pattern CONDITION =
            Pattern.compile("\\s*(?<figure>[^<>=\\s]+)\\s*(?<comparison>>=|<=|>|<|==|=)\\s*(?<limit>[-+.0-9eE]+)\\s*");

    /**
     * Reads a condition.
     *
     * @return empty if the text is not a name, a comparison and a number
     * @throws IllegalArgumentException if the limit is not a finite number; the message is a sentence for users
     */
    public static Optional<Condition> parse(String text) {
        Matcher match = CONDITION.matcher(text);
        return match.matches()
                ? Optional.of(new Condition(
                        text.strip(), match.group("figure"), match.group("comparison"), limit(match.group("limit"))))
                : Optional.empty();
    }

    private static double limit(String text) {
        double limit;
        try {
            limit = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a number", e);
        }
        if (!Double.isFinite(limit)) {
            throw new IllegalArgumentException("'" + text + "' is beyond every figure");
        }
        return limit;
    }

    /** Whether a figure meets the condition; an undefined figure, which is null, never does. */
    public boolean isMetBy(@Nullable Double value) {
        return value != null
                && switch (comparison) {
                    case ">" -> value > limit;
                    case ">=" -> value >= limit;
                    case "<" -> value < limit;
                    case "<=" -> value <= limit;
                    default -> value == limit;
                };
    }
}
