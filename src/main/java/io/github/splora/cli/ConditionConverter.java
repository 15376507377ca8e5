package io.github.splora.cli;

import io.github.splora.statistics.Condition;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a condition on a figure with any name, such as {@code asr<=0.05}. */
final class ConditionConverter implements ITypeConverter<Condition> {

    private static final Pattern PERCENTAGE = Pattern.compile("(.*[<>=]\\s*)(\\d+(?:\\.\\d*)?\\s*%)\\s*");

    @Override
    public Condition convert(String text) {
        return parsed(text)
                .orElseThrow(() ->
                        new TypeConversionException("'" + text + "' is not a condition: the name of a figure, then "
                                + Condition.COMPARISONS + ", then a number"));
    }

    /** Returns the condition, whose limit may be a percentage; empty if the text is not one. */
    static Optional<Condition> parsed(String text) {
        try {
            Matcher percentage = PERCENTAGE.matcher(text);
            return Condition.parse(
                    percentage.matches() ? percentage.group(1) + ShareConverter.asNumber(percentage.group(2)) : text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
