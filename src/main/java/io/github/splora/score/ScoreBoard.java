package io.github.splora.score;

import io.github.splora.adapter.TunedModule;
import io.github.splora.error.BadInputException;
import io.github.splora.measure.Measurement;
import io.github.splora.score.ModuleScore.Unscored;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Combines measurements, metric and population into one entry per module: a score, or the reason why there is none. */
public final class ScoreBoard {

    private ScoreBoard() {}

    /**
     * Scores an adapter.
     *
     * @param modules all modules of the adapter, in the order of the result
     * @param measurements the measurements of the modules that are scored
     * @param aligned the aligned checkpoint, named in the error message
     * @throws BadInputException if V is zero for every measured module, so that base and aligned are the same
     */
    public static List<ModuleScore> of(
            List<? extends TunedModule> modules,
            List<Measurement> measurements,
            Metric metric,
            Standardization standardization,
            Path aligned) {
        if (measurements.stream().allMatch(measurement -> measurement.alignmentNorm() == 0)) {
            throw new BadInputException(
                    aligned,
                    null,
                    null,
                    "none of the " + measurements.size()
                            + " selected layers differs from the base checkpoint; check that --base and --aligned name"
                            + " different models");
        }
        Map<String, ModuleScore> scores = new HashMap<>();
        metric.score(measurements.stream().filter(Measurement::isComparable).toList(), standardization)
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
