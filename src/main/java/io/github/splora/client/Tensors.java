package io.github.splora.client;

import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.PeftKeys;
import io.github.splora.error.Problem;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules on the names of an adapter's tensors. */
final class Tensors {

    private Tensors() {}

    /**
     * Requires the names of A and B to end in {@code .lora_A.weight} and {@code .lora_B.weight}, without an adapter
     * name.
     *
     * @param wholeName whether the names must also begin with {@code base_model.model.}
     * @param consequence a clause that says what the client does with other names
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
        boolean isPlain = tensor.equals(PeftKeys.PREFIX + end) || (!wholeName && tensor.equals(end));
        return isPlain && PeftKeys.isPath(module.name()) ? List.of() : List.of(tensor);
    }

    /**
     * Reports tensors other than a module's A and B: biases, saved heads, trained tokens, …
     *
     * @param harmless accepts tensors that the client can safely ignore
     * @param consequence a clause that says what the client does with the others
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

    /**
     * Whether the tensor is a base layer's own weight, which PEFT saves with a targeted embedding or head and which
     * adds no information.
     */
    static boolean isBaseWeight(String tensorName) {
        return tensorName.endsWith(".base_layer.weight");
    }
}
