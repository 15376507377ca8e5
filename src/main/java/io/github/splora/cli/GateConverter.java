package io.github.splora.cli;

import io.github.splora.gate.Gate;
import io.github.splora.statistics.Condition;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a gate such as {@code pruned>0}. */
final class GateConverter implements ITypeConverter<Gate> {

    @Override
    public Gate convert(String text) {
        return ConditionConverter.parsed(text)
                .filter(condition -> Gate.figures().contains(condition.figure()))
                .map(Gate::new)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a condition: a figure ("
                        + String.join(", ", Gate.figures()) + "), then " + Condition.COMPARISONS + ", then a number"));
    }
}
