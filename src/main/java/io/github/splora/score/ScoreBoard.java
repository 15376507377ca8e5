package io.github.splora.score;

import io.github.splora.adapter.TunedModule;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.measure.Measurement;
import io.github.splora.score.ModuleScore.Unscored;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Combines measurements, metric and population into one entry per module: a score, or the reason why there is none. */
public final class ScoreBoard {

    /**
     * Share of its own ‖V‖ that an ill-conditioned module may add at most without being refused. Not of the adapter's ‖ΔW‖: whoever
     * makes an adapter can give it a module that is as long as they like, and changes nothing that is ever used.
     */
    private static final double TRIFLE = 1e-4;

    private ScoreBoard() {}

    /**
     * Scores an adapter.
     *
     * @param modules all modules of the adapter, in the order of the result
     * @param notLoaded names of the modules that the model never gets
     * @param measurements the measurements of the modules that are scored
     * @param aligned the aligned checkpoint, named in the error message
     * @throws BadInputException if V is zero for every measured module, so that base and aligned are the same, or a delta is
     *     ill-conditioned
     */
    public static List<ModuleScore> of(
            List<? extends TunedModule> modules,
            Set<String> notLoaded,
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
        refuseIllConditioned(measurements);
        Map<String, ModuleScore> scores = new HashMap<>();
        metric.score(measurements.stream().filter(Measurement::isComparable).toList(), standardization)
                .forEach(score -> scores.put(score.name(), score));
        measurements.stream()
                .filter(measurement -> !measurement.isComparable())
                .forEach(measurement -> scores.put(
                        measurement.module().name(),
                        ModuleScore.unscored(
                                measurement,
                                measurement.deltaNorm() == 0 || measurement.isIllConditioned()
                                        ? Unscored.ZERO_DELTA
                                        : Unscored.NO_REFERENCE)));
        return modules.stream()
                .map(module -> scores.containsKey(module.name())
                        ? scores.get(module.name())
                        : ModuleScore.unmeasured(
                                module, notLoaded.contains(module.name()) ? Unscored.NOT_LOADED : Unscored.LEFT_OUT))
                .toList();
    }

    /** Refuses modules that nobody can judge, except those that could not change the model by more than a trifle. */
    private static void refuseIllConditioned(List<Measurement> measurements) {
        List<Problem> problems = measurements.stream()
                .filter(Measurement::isIllConditioned)
                .filter(measurement ->
                        !(measurement.deltaNorm() + measurement.uncertainty() <= TRIFLE * measurement.alignmentNorm()))
                .map(measurement -> new Problem(
                        measurement
                                .module()
                                .tuned()
                                .tensors()
                                .get(0)
                                .file()
                                .path()
                                .toString(),
                        "module '" + measurement.module().name() + "'",
                        null,
                        "its ranks cancel each other almost entirely, so what it adds depends on how the program that loads"
                                + " it rounds, and no score can be trusted; trained adapters do not look like this. Do not"
                                + " use the adapter, or leave the module out with --exclude"))
                .toList();
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }
}
