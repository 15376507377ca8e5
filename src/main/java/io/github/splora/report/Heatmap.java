package io.github.splora.report;

import io.github.splora.adapter.Block;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The modules of an adapter laid out by transformer block and module type.
 *
 * @param types the module types
 * @param lines one line for each block, in order, then one for the modules outside any block
 * @param scale the scale of the scores
 */
public record Heatmap(List<String> types, List<Line> lines, ScoreScale scale) {

    private static final String OUTSIDE = "-";

    /**
     * One block.
     *
     * @param path the path as in {@link Block}; {@value #OUTSIDE} for the modules outside any block
     * @param cells the modules by type; no entry if the block has no module of a type
     */
    public record Line(String path, Map<String, ModuleRow> cells) {

        /** Returns the block's number. */
        public String number() {
            return path.substring(path.lastIndexOf('.') + 1);
        }

        /** Returns the stack that the block belongs to, such as {@code model.layers}; empty outside any block. */
        public String stack() {
            return path.substring(0, Math.max(0, path.lastIndexOf('.')));
        }
    }

    /** Lays out rows. */
    public static Heatmap of(List<ModuleRow> rows) {
        int parts = partsThatTellApart(rows);
        Set<String> types = new LinkedHashSet<>();
        Map<String, Map<String, ModuleRow>> blocks = new LinkedHashMap<>();
        for (ModuleRow row : rows) {
            types.add(type(row, parts));
            blocks.computeIfAbsent(path(row), path -> new LinkedHashMap<>()).put(type(row, parts), row);
        }
        Map<String, ModuleRow> outside = blocks.remove(OUTSIDE);
        List<Line> lines = new ArrayList<>();
        blocks.forEach((path, cells) -> lines.add(new Line(path, cells)));
        // Rows are sorted by block number first, which would interleave the blocks of an encoder and a decoder.
        lines.sort(Comparator.comparing(Line::stack));
        if (outside != null) {
            lines.add(new Line(OUTSIDE, outside));
        }
        return new Heatmap(List.copyOf(types), lines, ScoreScale.ofRows(rows));
    }

    /** Whether there are several stacks, such as an encoder's and a decoder's, whose block numbers overlap. */
    public boolean hasManyStacks() {
        return lines.stream()
                        .map(Line::stack)
                        .filter(stack -> !stack.isEmpty())
                        .distinct()
                        .count()
                > 1;
    }

    /**
     * Returns how many trailing components of a name make its type unique in its block. Usually it is one; a decoder
     * with two attentions per block needs more.
     */
    private static int partsThatTellApart(List<ModuleRow> rows) {
        int longest = rows.stream()
                .mapToInt(row -> nameInBlock(row).split("\\.").length)
                .max()
                .orElse(1);
        for (int parts = 1; parts < longest; parts++) {
            Set<List<String>> taken = new HashSet<>();
            int enough = parts;
            if (rows.stream().allMatch(row -> taken.add(List.of(path(row), type(row, enough))))) {
                return parts;
            }
        }
        return longest;
    }

    private static String type(ModuleRow row, int parts) {
        String name = nameInBlock(row);
        int start = name.length();
        for (int i = 0; i < parts && start > 0; i++) {
            start = name.lastIndexOf('.', start - 1);
        }
        return name.substring(start + 1);
    }

    private static String nameInBlock(ModuleRow row) {
        return Block.of(row.name())
                .map(block -> row.name().substring(block.path().length() + 1))
                .orElse(row.name());
    }

    private static String path(ModuleRow row) {
        return Block.of(row.name()).map(Block::path).orElse(OUTSIDE);
    }
}
