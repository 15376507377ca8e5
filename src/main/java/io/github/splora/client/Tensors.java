package io.github.splora.client;

import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Problem;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules on what the tensors of an adapter are called. */
final class Tensors {

    private Tensors() {}

    /**
     * A and B must end in {@code .lora_A.weight} and {@code .lora_B.weight}: no adapter's name between.
     *
     * @param wholeName whether they must begin with {@code base_model.model.} as well
     * @param consequence what the client does if they do not, after its name
     */
    static List<Problem> plainNames(AdapterContent content, boolean wholeName, String consequence) {
        List<String> odd = content.modules().stream()
                .flatMap(module -> Stream.of(
                        plain(module.loraA().name(), module, "lora_A", wholeName),
                        plain(module.loraB().name(), module, "lora_B", wholeName)))
                .flatMap(List::stream)
                .toList();
        return odd.isEmpty()
                ? List.of()
                : List.of(new Problem(
                        content.weights().toString(),
                        "tensor '" + odd.get(0) + "'",
                        null,
                        consequence + Findings.andOthers(odd.size())
                                + "; load the adapter with PEFT and save it again"));
    }

    private static List<String> plain(String tensor, LoraModule module, String matrix, boolean wholeName) {
        String end = module.name() + "." + matrix + ".weight";
        return tensor.equals("base_model.model." + end) || !wholeName && tensor.equals(end)
                ? List.of()
                : List.of(tensor);
    }

    /**
     * What is neither A nor B of a module: biases, saved heads, trained tokens, …
     *
     * @param harmless those that the client may well do without
     * @param consequence what it does with the others, after its name
     */
    static List<Problem> loraOnly(AdapterContent content, Predicate<String> harmless, String consequence) {
        Set<String> known = content.modules().stream()
                .flatMap(module ->
                        Stream.of(module.loraA().name(), module.loraB().name()))
                .collect(Collectors.toSet());
        List<String> others = content.tensorNames().stream()
                .filter(name -> !known.contains(name) && !harmless.test(name))
                .sorted()
                .toList();
        return others.isEmpty()
                ? List.of()
                : List.of(new Problem(
                        content.weights().toString(),
                        "tensor '" + others.get(0) + "'",
                        null,
                        consequence + Findings.andOthers(others.size())
                                + "; merge the adapter into the model for this client"));
    }

    /** A base layer's own weight, which PEFT saves along with a targeted embedding or head and which says nothing new. */
    static boolean isBaseWeight(String tensorName) {
        return tensorName.endsWith(".base_layer.weight");
    }
}
