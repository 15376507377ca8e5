package io.github.splora.adapter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Which parameter a pair of factors is on. PEFT wraps a module once for each of its parameters that
 * {@code target_parameters} names, in the order in which the module declares them: the factors of the last one lie at
 * {@code <module>.lora_A}, those of the one before at {@code <module>.base_layer.lora_A}, and so on inwards. The keys
 * do not say which parameter that is.
 */
public final class ParameterNesting {

    private static final String WRAPPING = ".base_layer";

    /** The order in which the experts of transformers' models declare what they are made of. */
    private static final List<String> DECLARATION = List.of("gate_up_proj", "gate_proj", "up_proj", "down_proj");

    /** What a module of experts is called; an entry of {@code target_parameters} may leave it out. */
    private static final String EXPERTS = "experts";

    private ParameterNesting() {}

    /** Whether a module path of an adapter's key leads through a wrapper. */
    static boolean isNested(String path) {
        return path.endsWith(WRAPPING);
    }

    /**
     * The parameters that an adapter's factors are on.
     *
     * @param paths where there are factors: modules, with a {@code .base_layer} for each wrapper around them
     * @param targetParameters as the config names them
     * @param problem told of a module (and why) whose parameters cannot be told apart
     * @return path to parameter, {@code model.layers.0.mlp.experts.gate_up_proj}; nothing for a path that is of a module
     */
    static Map<String, String> parameters(
            Collection<String> paths, List<String> targetParameters, BiConsumer<String, String> problem) {
        Map<String, Integer> wrappers = new TreeMap<>();
        paths.forEach(path -> wrappers.merge(moduleOf(path), 1 + depth(path), Math::max));
        Map<String, String> parameters = new HashMap<>();
        wrappers.forEach((module, count) -> {
            List<String> named = targetParameters.stream()
                    .filter(entry -> names(entry, module))
                    .map(ParameterNesting::leaf)
                    .distinct()
                    .sorted(Comparator.comparing(DECLARATION::indexOf))
                    .toList();
            if (named.isEmpty()) {
                return;
            }
            boolean allThere = named.size() == count
                    && paths.stream()
                                    .filter(path -> moduleOf(path).equals(module))
                                    .count()
                            == count;
            if (!allThere) {
                problem.accept(
                        module,
                        "target_parameters names " + named + " of it, but the file holds factors for another"
                                + " number of parameters");
            } else if (count > 1 && !DECLARATION.containsAll(named)) {
                problem.accept(
                        module,
                        "target_parameters names " + named + " of it, and the file does not say which factors"
                                + " are whose; only the order of " + DECLARATION + " is known");
            } else {
                for (int i = 0; i < count; i++) {
                    parameters.put(wrapped(module, count - 1 - i), module + "." + named.get(i));
                }
            }
        });
        return parameters;
    }

    /**
     * The tensors of an adapter that need another name once only {@code kept} is left of it, because a wrapper around
     * theirs is gone.
     *
     * @return old name to new name
     */
    public static Map<String, String> renamed(List<LoraModule> kept) {
        Map<String, List<LoraModule>> byModule = new TreeMap<>();
        kept.stream().filter(module -> module.kind().onParameter()).forEach(module -> {
            byModule.computeIfAbsent(moduleOf(path(module)), name -> new ArrayList<>())
                    .add(module);
        });
        Map<String, String> renamed = new HashMap<>();
        byModule.forEach((name, parameters) -> {
            parameters.sort(Comparator.comparingInt(parameter -> depth(path(parameter))));
            for (int i = 0; i < parameters.size(); i++) {
                String from = path(parameters.get(i));
                String to = wrapped(name, i);
                if (!from.equals(to)) {
                    parameters
                            .get(i)
                            .tensorNames()
                            .forEach(tensor -> renamed.put(tensor, tensor.replace(from + ".", to + ".")));
                }
            }
        });
        return renamed;
    }

    private static boolean names(String entry, String module) {
        int dot = entry.lastIndexOf('.');
        String container = dot < 0 ? EXPERTS : entry.substring(0, dot);
        return ModuleNames.ends(module).anyMatch(container::equals);
    }

    private static String leaf(String entry) {
        return entry.substring(entry.lastIndexOf('.') + 1);
    }

    private static String path(LoraModule module) {
        return AdapterKey.parse(module.loraA().name()).module();
    }

    /** A path without the wrappers. */
    static String moduleOf(String path) {
        return path.substring(0, path.length() - depth(path) * WRAPPING.length());
    }

    private static String wrapped(String module, int depth) {
        return module + WRAPPING.repeat(depth);
    }

    /** How many wrappers are around the one that a path leads to. */
    private static int depth(String path) {
        int depth = 0;
        while (path.startsWith(WRAPPING, path.length() - (depth + 1) * WRAPPING.length())) {
            depth++;
        }
        return depth;
    }
}
