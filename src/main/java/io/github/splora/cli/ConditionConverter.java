package io.github.splora.cli;

import io.github.splora.statistics.Condition;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a condition on a figure with any name, such as {@code asr<=0.05}. */
final class ConditionConverter implements ITypeConverter<Condition> {

    @Override
    public Condition convert(String text) {
        return parsed(text)
                .orElseThrow(() ->
                        new TypeConversionException("'" + text + "' is not a condition: the name of a figure, then "
                                + Condition.COMPARISONS + ", then a number"));
    }

    /** Returns the condition; empty if the text is not one. */
    static Optional<Condition> parsed(String text) {
        try {
            return Condition.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
