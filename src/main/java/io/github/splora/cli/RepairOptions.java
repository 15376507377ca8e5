package io.github.splora.cli;

import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The parameters of deflating and restoring. */
final class RepairOptions {

    @Option(
            names = "--strength",
            paramLabel = "S",
            converter = ShareConverter.class,
            description =
                    "Strength of a correcting action, from 0 (no change) to 1; scale multiplies by 1 - S. For deflate and"
                            + " repair: share of the alignment delta's squared norm that the filter removes, between 0 and 1; a"
                            + " higher share is safer and costs more of the new task. Default: ${bundle:default-of.strength}.")
    private @Nullable Double strength;

    @Option(
            names = "--gain",
            paramLabel = "G",
            converter = GainConverter.class,
            description =
                    "Factor by which the action multiplies the filtered delta, to restore task performance. auto derives it"
                            + " from the norm of the whole adapter before and after the filter: (before/after)^P. Default:"
                            + " ${bundle:default-of.gain}.")
    private @Nullable Double gain;

    @Option(
            names = "--gain-exponent",
            paramLabel = "P",
            converter = ExponentConverter.class,
            description =
                    "Exponent P of --gain auto; a lower value trades task performance for safety. auto is 2 if the median rank of"
                            + " the adapter's modules is below 12, 1.5 if it is 12 to 23, and 1 if it is 24 or more, plus 0.5 if"
                            + " all modules belong to attention layers. Default: ${bundle:default-of.gain exponent}.")
    private @Nullable Double gainExponent;

    @Option(
            names = "--restore",
            paramLabel = "ALPHA",
            description =
                    "Factor of the strongest part of the alignment delta, which is added to the adapter as more ranks;"
                            + " 0 adds none. Default: ${bundle:default-of.restore}.")
    private @Nullable Double restored;

    @Option(
            names = "--restore-rank",
            paramLabel = "K",
            description = "Number of ranks that --restore adds to each selected module. Default:"
                    + " ${bundle:default-of.restore rank}.")
    private @Nullable Double restoreRank;

    @Option(
            names = "--restore-modules",
            paramLabel = "MODULES",
            converter = ModulesConverter.class,
            description =
                    "Which modules --restore adds to: adapter (the selected modules) or linear (also the other linear layers"
                            + " in their transformer blocks, which become modules of rank K). auto is linear for an adapter whose"
                            + " modules all belong to attention layers, where that is possible, and adapter for any other. Default:"
                            + " ${bundle:default-of.restore modules}.")
    private @Nullable Double restoreModules;

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            description =
                    "Largest error of a filtered delta, relative to its norm, from 1e-6 to 0.01. Below 1e-5, it computes in"
                            + " float64 (PyTorch on a CPU) and takes twice as many walks as by default. Default:"
                            + " ${bundle:default-of.tolerance}.")
    private @Nullable Double tolerance;

    @Option(
            names = "--request-weight",
            paramLabel = "W",
            converter = WeightConverter.class,
            description =
                    "How much more the other requests count than the task when modules are confined to the task. auto is the"
                            + " highest weight at which the adapter keeps the --task-cosine. Default:"
                            + " ${bundle:default-of.request weight}.")
    private @Nullable Double requestWeight;

    @Option(
            names = "--task-cosine",
            paramLabel = "C",
            description =
                    "With --request-weight auto, the least cosine, between 0 and 1, of what the modules add to their outputs on inputs"
                            + " of the task, before and after. A lower cosine is safer and costs more of the task. Default: ${bundle:default-of.task cosine}.")
    private @Nullable Double taskCosine;

    /** Returns the parameters that the user has set. */
    Map<ActionParameter, Double> given() {
        Map<ActionParameter, Double> given = new EnumMap<>(ActionParameter.class);
        putIfGiven(given, ActionParameter.STRENGTH, strength);
        putIfGiven(given, ActionParameter.GAIN, gain);
        putIfGiven(given, ActionParameter.GAIN_EXPONENT, gainExponent);
        putIfGiven(given, ActionParameter.RESTORED, restored);
        putIfGiven(given, ActionParameter.RESTORE_RANK, restoreRank);
        putIfGiven(given, ActionParameter.RESTORE_MODULES, restoreModules);
        putIfGiven(given, ActionParameter.REQUEST_WEIGHT, requestWeight);
        putIfGiven(given, ActionParameter.TASK_COSINE, taskCosine);
        putIfGiven(given, ActionParameter.TOLERANCE, tolerance);
        return given;
    }

    private static void putIfGiven(
            Map<ActionParameter, Double> given, ActionParameter parameter, @Nullable Double value) {
        if (value != null) {
            given.put(parameter, value);
        }
    }

    /** Returns the values for an action: the given ones and its defaults. */
    static Map<ActionParameter, Double> parameters(ActionKind action, Map<ActionParameter, Double> given) {
        Map<ActionParameter, Double> parameters = new EnumMap<>(ActionParameter.class);
        parameters.putAll(action.defaults());
        parameters.putAll(given);
        given.forEach((parameter, value) -> {
            if (!Double.isNaN(value)) {
                parameter.derivation().ifPresent(parameters::remove);
            }
        });
        return parameters;
    }

    /** Returns what is wrong with values that the action takes; empty if all fit together. */
    static Optional<String> contradiction(ActionKind action, Map<ActionParameter, Double> given) {
        for (Map.Entry<ActionParameter, Double> each : given.entrySet()) {
            Optional<ActionParameter> derivation = each.getKey().derivation().filter(given::containsKey);
            if (derivation.isPresent() && !Double.isNaN(each.getValue())) {
                return Optional.of(derivation.get().option() + " requires "
                        + each.getKey().option() + " auto (got " + each.getValue() + ")");
            }
        }
        if (given.getOrDefault(ActionParameter.RESTORE_MODULES, ActionParameter.ADAPTER) == ActionParameter.LINEAR
                && given.getOrDefault(
                                ActionParameter.RESTORED, action.defaults().getOrDefault(ActionParameter.RESTORED, 1.0))
                        == 0) {
            return Optional.of("--restore-modules linear requires --restore above 0 (got 0)");
        }
        return given.entrySet().stream()
                .flatMap(each -> action.contradiction(each.getKey(), each.getValue()).stream())
                .findFirst();
    }

    /** Converts {@code auto}, {@code adapter} or {@code linear}. */
    static final class ModulesConverter implements ITypeConverter<Double> {

        @Override
        public Double convert(String value) {
            return switch (value.toLowerCase(Locale.ROOT)) {
                case "auto" -> ActionParameter.AUTO;
                case "adapter" -> ActionParameter.ADAPTER;
                case ActionParameter.LINEAR_IN_WORDS -> ActionParameter.LINEAR;
                default -> throw new TypeConversionException("must be auto, adapter or linear (got '" + value + "')");
            };
        }
    }

    /** Converts a gain or {@code auto}. */
    static final class GainConverter implements ITypeConverter<Double> {

        @Override
        public Double convert(String value) {
            return numberOrAuto(value, "above 0");
        }
    }

    /** Converts a weight or {@code auto}. */
    static final class WeightConverter implements ITypeConverter<Double> {

        @Override
        public Double convert(String value) {
            return numberOrAuto(value, "from 0 to 1e6");
        }
    }

    /** Converts an exponent or {@code auto}. */
    static final class ExponentConverter implements ITypeConverter<Double> {

        @Override
        public Double convert(String value) {
            return numberOrAuto(value, "from 0 to 10");
        }
    }

    private static Double numberOrAuto(String value, String range) {
        try {
            return value.equalsIgnoreCase("auto") ? ActionParameter.AUTO : Double.valueOf(Double.parseDouble(value));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("must be auto or a number " + range + " (got '" + value + "')");
        }
    }
}
