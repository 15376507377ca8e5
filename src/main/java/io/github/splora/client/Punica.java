package io.github.splora.client;

import io.github.splora.adapter.LoraModule;
import io.github.splora.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The rank rules of TGI and LoRAX, which stack the matrices of a type for their Punica kernels and pad them to a rank
 * that the kernels support: 8 or a multiple of 16. The padded rank then replaces r when the next type is scaled.
 */
final class Punica {

    private static final int SMALLEST_RANK = 8;
    private static final int STEP = 16;

    private Punica() {}

    static List<Problem> ranks(String client, AdapterContent content) {
        Map<String, Set<Long>> ranks = content.modules().stream()
                .collect(Collectors.groupingBy(
                        LoraModule::type,
                        TreeMap::new,
                        Collectors.mapping(LoraModule::rank, Collectors.toCollection(TreeSet::new))));
        List<Problem> problems = new ArrayList<>();
        ranks.forEach((type, found) -> {
            if (found.stream().map(Punica::paddedTo).distinct().count() > 1) {
                problems.add(new Problem(
                        content.weights().toString(),
                        "type '" + type + "' ranks",
                        found.toString(),
                        client + " stacks the modules of a type, so they must all have the same rank"));
            }
        });
        Set<Long> padded = ranks.values().stream()
                .flatMap(Set::stream)
                .filter(rank -> paddedTo(rank) != rank)
                .collect(Collectors.toCollection(TreeSet::new));
        if (ranks.size() > 1 && !padded.isEmpty()) {
            long rank = padded.iterator().next();
            problems.add(new Problem(
                    content.config().file().toString(),
                    "r",
                    String.valueOf(rank),
                    client + " pads it to "
                            + paddedTo(rank)
                            + " and then divides lora_alpha by that for every type but the first, so the"
                            + " strength would be wrong; a rank of 8 or a multiple of 16 is safe"));
        }
        return problems;
    }

    private static long paddedTo(long rank) {
        return rank <= SMALLEST_RANK ? SMALLEST_RANK : (rank + STEP - 1) / STEP * STEP;
    }
}
