package io.github.splora.pairing;

import java.util.List;
import java.util.stream.Stream;

/**
 * Names of layers that a model family spells differently in memory (and in adapters) than on disk.
 *
 * @param inMemory parts of names as transformers 5 spells them in memory
 * @param onDisk the same parts, in the same order, as files spell them
 */
record NameAliases(List<String> inMemory, List<String> onDisk) {

    private static final List<NameAliases> KNOWN = List.of(
            new NameAliases(List.of(".mlp."), List.of(".block_sparse_moe.")),
            new NameAliases(List.of("lm_head."), List.of("embed_out.")),
            new NameAliases(
                    List.of(
                            ".layers.",
                            ".attention.q_proj.",
                            ".attention.k_proj.",
                            ".attention.v_proj.",
                            ".attention.o_proj.",
                            ".mlp.fc1.",
                            ".mlp.fc2."),
                    List.of(
                            ".encoder.layer.",
                            ".attention.attention.query.",
                            ".attention.attention.key.",
                            ".attention.attention.value.",
                            ".attention.output.dense.",
                            ".intermediate.dense.",
                            ".output.dense.")));

    /** Returns a tensor's name and all its aliases. */
    static Stream<String> of(String tensorName) {
        return Stream.concat(
                        Stream.of(tensorName),
                        KNOWN.stream()
                                .flatMap(family -> Stream.of(
                                        replaced(tensorName, family.inMemory, family.onDisk),
                                        replaced(tensorName, family.onDisk, family.inMemory))))
                .distinct();
    }

    /** Returns a tensor's name as transformers 5 spells it in memory. */
    static String inMemory(String tensorName) {
        String name = tensorName;
        for (NameAliases family : KNOWN) {
            name = replaced(name, family.onDisk, family.inMemory);
        }
        return name;
    }

    private static String replaced(String name, List<String> from, List<String> to) {
        String renamed = name;
        for (int i = 0; i < from.size(); i++) {
            renamed = renamed.replace(from.get(i), to.get(i));
        }
        return renamed;
    }
}
