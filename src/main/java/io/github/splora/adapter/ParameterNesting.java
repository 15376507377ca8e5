package io.github.splora.adapter;

import io.github.splora.error.Excerpt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Determines which parameter a pair of factors applies to. PEFT wraps a module once for each of its parameters named in
 * {@code target_parameters}, in the order in which the module declares them: the last one's factors are stored at
 * {@code <module>.lora_A}, the previous one's at {@code <module>.base_layer.lora_A}, and so on inwards. The keys do not
 * name the parameter.
 */
public final class ParameterNesting {

    private static final String WRAPPING = ".base_layer";

    /** The order in which transformers' expert modules declare their parameters. */
    private static final List<String> DECLARATION = List.of("gate_up_proj", "gate_proj", "up_proj", "down_proj");

    /** The usual name of an experts module; an entry of {@code target_parameters} may omit it. */
    private static final String EXPERTS = "experts";

    private ParameterNesting() {}

    /** Whether the module path in an adapter key goes through a wrapper. */
    static boolean isNested(String path) {
        return path.endsWith(WRAPPING);
    }

    /**
     * Maps an adapter's factors to the parameters that they apply to.
     *
     * @param paths where the factors are stored: module names, each followed by one {@code .base_layer} per enclosing
     *     wrapper
     * @param targetParameters as given in the config
     * @param problem receives each module whose parameters cannot be identified, and the reason
     * @return path to parameter, such as {@code model.layers.0.mlp.experts.gate_up_proj}; no entry for the path of an
     *     ordinary module
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
                        "target_parameters names " + Excerpt.of(named)
                                + " in this module, but the file holds factors for a"
                                + " different number of parameters");
            } else if (count > 1 && !DECLARATION.containsAll(named)) {
                problem.accept(
                        module,
                        "target_parameters names " + Excerpt.of(named)
                                + " in this module, but the file does not say which"
                                + " factors belong to which parameter; only the order of " + DECLARATION + " is known");
            } else {
                for (int i = 0; i < count; i++) {
                    parameters.put(wrapped(module, count - 1 - i), module + "." + named.get(i));
                }
            }
        });
        return parameters;
    }

    /**
     * Returns the tensors to rename once only {@code kept} remains of an adapter, because an enclosing wrapper is gone.
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
        return Objects.requireNonNull(AdapterKey.parse(module.loraA().name()).module());
    }

    /** Returns the path without its wrappers. */
    static String moduleOf(String path) {
        return path.substring(0, path.length() - depth(path) * WRAPPING.length());
    }

    private static String wrapped(String module, int depth) {
        return module + WRAPPING.repeat(depth);
    }

    /** Returns the number of {@code .base_layer} components at the end of a path. */
    private static int depth(String path) {
        int depth = 0;
        while (path.startsWith(WRAPPING, path.length() - (depth + 1) * WRAPPING.length())) {
            depth++;
        }
        return depth;
    }
}
