package io.github.splora.sweep;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition on a figure that an adapter must meet: {@code asr<=0.05}.
 *
 * @param text as the user wrote it
 * @param figure its name
 * @param comparison one of {@code <=}, {@code <}, {@code >=}, {@code >}
 * @param limit what it is compared with
 */
public record Requirement(String text, String figure, String comparison, double limit) {

    private static final Pattern CONDITION = Pattern.compile("\\s*([^<>=\\s]+)\\s*(<=|>=|<|>)\\s*([-+.0-9eE]+)\\s*");

    /** Empty if the text is no condition. */
    public static Optional<Requirement> parse(String text) {
        Matcher matcher = CONDITION.matcher(text);
        try {
            return matcher.matches()
                    ? Optional.of(new Requirement(
                            text.strip(), matcher.group(1), matcher.group(2), Double.parseDouble(matcher.group(3))))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A figure that is not there meets nothing. */
    public boolean isMetBy(Map<String, Double> figures) {
        Double value = figures.get(figure);
        return value != null
                && switch (comparison) {
                    case "<=" -> value <= limit;
                    case "<" -> value < limit;
                    case ">=" -> value >= limit;
                    default -> value > limit;
                };
    }
}
