package io.github.splora.score;

import io.github.splora.adapter.LoraModule;
import io.github.splora.error.BadInputException;
import io.github.splora.measure.Measurement;
import io.github.splora.score.ModuleScore.Unscored;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brings measurements, metric and population together: a score, or the reason for none, for every module. */
public final class ScoreBoard {

    private ScoreBoard() {}

    /**
     * Scores an adapter.
     *
     * @param modules all of the adapter's, in the order wanted
     * @param measurements of those that take part
     * @param aligned the aligned checkpoint, to name if it is no different from the base
     * @throws BadInputException if V is zero for every module: base and aligned are the same
     */
    public static List<ModuleScore> of(
            List<LoraModule> modules,
            List<Measurement> measurements,
            Metric metric,
            Standardization judging,
            Path aligned) {
        if (measurements.stream().allMatch(measurement -> measurement.alignmentNorm() == 0)) {
            throw new BadInputException(
                    aligned,
                    null,
                    null,
                    "none of the " + measurements.size()
                            + " layers that take part differs from the base checkpoint's; are base and aligned the same model?");
        }
        Map<String, ModuleScore> scores = new HashMap<>();
        metric.score(measurements.stream().filter(Measurement::isComparable).toList(), judging)
                .forEach(score -> scores.put(score.name(), score));
        measurements.stream()
                .filter(measurement -> !measurement.isComparable())
                .forEach(measurement -> scores.put(
                        measurement.module().name(),
                        ModuleScore.unscored(
                                measurement,
                                measurement.deltaNorm() == 0 ? Unscored.ZERO_DELTA : Unscored.NO_REFERENCE)));
        return modules.stream()
                .map(module -> scores.getOrDefault(module.name(), ModuleScore.leftOut(module)))
                .toList();
    }
}
