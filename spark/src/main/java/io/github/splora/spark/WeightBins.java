package io.github.splora.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which task reads which weights. Weights that share a tensor are read by one task, so that every tensor is read once; the tasks get
 * about the same number of bytes. A task's weights follow each other by name, as do their factors in an adapter's file.
 *
 * @param ofTensors the task of every set of tensors
 * @param count number of tasks
 * @param bytes size of all weights
 */
record WeightBins(Map<Set<String>, Integer> ofTensors, int count, long bytes) {

    /**
     * Distributes weights, the same way whatever their order.
     *
     * @param weights size in bytes by the tensors that a weight consists of
     * @param most number of tasks that are wanted; there are fewer if there are fewer weights
     */
    static WeightBins of(Map<Set<String>, Long> weights, int most) {
        Map<String, String> leaders = new HashMap<>();
        weights.keySet().forEach(tensors -> {
            String first = find(leaders, tensors.stream().sorted().findFirst().orElseThrow());
            tensors.forEach(tensor -> leaders.put(find(leaders, tensor), first));
        });
        Map<String, List<Set<String>>> groups = new TreeMap<>();
        Map<String, Long> sizes = new HashMap<>();
        weights.forEach((tensors, bytes) -> {
            String leader = find(leaders, tensors.iterator().next());
            groups.computeIfAbsent(leader, key -> new ArrayList<>()).add(tensors);
            sizes.merge(leader, bytes, Long::sum);
        });
        int count = Math.max(1, Math.min(most, groups.size()));
        long total = sizes.values().stream().mapToLong(Long::longValue).sum();
        Map<Set<String>, Integer> ofTensors = new HashMap<>();
        long before = 0;
        for (Map.Entry<String, List<Set<String>>> group : groups.entrySet()) {
            long size = sizes.getOrDefault(group.getKey(), 0L);
            // By its middle, so that a weight on the border between two tasks goes where most of it is.
            double middle = before + size / 2.0;
            int bin = (int) Math.min(count - 1, Math.floor(middle * count / Math.max(1, total)));
            group.getValue().forEach(tensors -> ofTensors.put(tensors, bin));
            before += size;
        }
        return new WeightBins(Map.copyOf(ofTensors), count, total);
    }

    private static String find(Map<String, String> leaders, String tensor) {
        String leader = tensor;
        for (String next = leaders.get(leader); next != null && !next.equals(leader); next = leaders.get(leader)) {
            leader = next;
        }
        leaders.put(tensor, leader);
        return leader;
    }
}
