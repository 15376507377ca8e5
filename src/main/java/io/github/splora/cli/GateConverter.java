package io.github.splora.cli;

import io.github.splora.gate.Gate;
import io.github.splora.statistics.Condition;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a gate such as {@code pruned>0}. */
final class GateConverter implements ITypeConverter<Gate> {

    private static final Set<String> SHARES = Set.of("pruned-fraction", "pruned-delta-share", "judged-share");

    @Override
    public Gate convert(String text) {
        Optional<Condition> counted = ConditionConverter.parsed(text)
                .filter(condition -> ShareConverter.isPercentage(text) && !SHARES.contains(condition.figure()));
        if (counted.isPresent()) {
            throw new TypeConversionException("'" + text + "': " + counted.get().figure()
                    + " is not a share; a percentage needs pruned-fraction, pruned-delta-share or judged-share");
        }
        return ConditionConverter.parsed(text)
                .filter(condition -> Gate.figures().contains(condition.figure()))
                .map(Gate::new)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a condition: a figure ("
                        + String.join(", ", Gate.figures()) + "), then " + Condition.COMPARISONS + ", then a number"));
    }
}
