package io.github.splora.client;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Excerpt;
import io.github.splora.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The rule of clients that stack the matrices of all layers: if one layer lacks a type of module
 * ({@code model.layers.*.self_attn.q_proj}), they ignore that type in every layer.
 */
final class Layers {

    /** Number of blocks to find for a message: a block's number may be in the hundreds of millions. */
    private static final int SHOWN = 20;

    private final String client;
    private final AdapterContent content;
    /** Maps each type of module to the numbers of the blocks that have it. */
    private final Map<String, Set<Integer>> blocks = new TreeMap<>();
    /** Maps each block path, without the number, to the highest block number of any module. */
    private final Map<String, Integer> last = new HashMap<>();
    /** Kind of module to the path of its blocks, a key of {@code last}. */
    private final Map<String, String> stacks = new HashMap<>();

    Layers(String client, AdapterContent content) {
        this.client = client;
        this.content = content;
        content.modules().stream().map(LoraModule::name).forEach(name -> Block.of(name)
                .ifPresent(block -> {
                    blocks.computeIfAbsent(kind(name, block), kind -> new TreeSet<>())
                            .add(block.index());
                    last.merge(stack(block), block.index(), Math::max);
                    stacks.put(kind(name, block), stack(block));
                }));
    }

    /** Returns a problem for each type that is missing in a block before the adapter's last one. */
    List<Problem> gaps() {
        List<Problem> problems = new ArrayList<>();
        blocks.forEach((kind, present) -> {
            long missing = last(kind) + 1L - present.size();
            List<Integer> first = IntStream.rangeClosed(0, last(kind))
                    .filter(block -> !present.contains(block))
                    .limit(Math.min(missing, SHOWN))
                    .boxed()
                    .toList();
            add(problems, kind, first, missing);
        });
        return problems;
    }

    /** Returns a problem for each type that is missing in the model's blocks after the adapter's last one. */
    List<Problem> end(ModelLayers model) {
        Map<String, Set<Integer>> missing = new TreeMap<>();
        model.bare().forEach(name -> Block.of(name).ifPresent(block -> {
            String kind = kind(name, block);
            if (blocks.containsKey(kind) && block.index() > last(kind)) {
                missing.computeIfAbsent(kind, k -> new TreeSet<>()).add(block.index());
            }
        }));
        List<Problem> problems = new ArrayList<>();
        missing.forEach((kind, numbers) -> add(problems, kind, numbers, numbers.size()));
        return problems;
    }

    private void add(List<Problem> problems, String kind, Collection<Integer> first, long missing) {
        if (missing > 0) {
            problems.add(new Problem(
                    content.weights().toString(),
                    "modules '" + kind + "'",
                    null,
                    "missing in blocks " + Excerpt.of(first, missing) + ", and " + client
                            + " then ignores them in all blocks; prune the original adapter with --action zero,"
                            + " or train on all layers"));
        }
    }

    private int last(String kind) {
        return last.getOrDefault(stacks.get(kind), -1);
    }

    private static String stack(Block block) {
        int dot = block.path().lastIndexOf('.');
        return dot < 0 ? "" : block.path().substring(0, dot);
    }

    private static String kind(String name, Block block) {
        return stack(block) + ".*" + name.substring(block.path().length());
    }
}
