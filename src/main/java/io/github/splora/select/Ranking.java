package io.github.splora.select;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.Fusion;
import io.github.splora.score.ModuleScore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scored units in the order in which they are selected.
 *
 * @param units the units, highest score first; ties by name
 */
public record Ranking(List<Unit> units) {

    private static final Comparator<Unit> HIGHEST_FIRST =
            // Subtracting from zero makes −0.0 and 0.0 equal, as they should be.
            Comparator.<Unit>comparingDouble(unit -> 0.0 - unit.score()).thenComparing(Unit::name);

    /**
     * Modules that are selected together.
     *
     * @param name name of the module or fusion, or path of the block
     * @param score mean of the modules' scores
     * @param modules the modules; at least one, all with a score
     */
    public record Unit(String name, double score, List<ModuleScore> modules) {}

    /** Ranks units. Modules without a score belong to no unit. */
    public static Ranking of(Collection<ModuleScore> scores, Granularity granularity) {
        Map<String, List<ModuleScore>> members = new TreeMap<>();
        scores.stream().filter(ModuleScore::isScored).forEach(score -> members.computeIfAbsent(
                        unitName(score, granularity), name -> new ArrayList<>())
                .add(score));
        return new Ranking(members.entrySet().stream()
                .map(entry -> new Unit(entry.getKey(), meanScore(entry.getValue()), entry.getValue()))
                .sorted(HIGHEST_FIRST)
                .toList());
    }

    private static String unitName(ModuleScore score, Granularity granularity) {
        return switch (granularity) {
            case MODULE -> score.name();
            case FUSION -> Fusion.of(score.name());
            case BLOCK -> score.block().map(Block::path).orElse(score.name());
        };
    }

    private static double meanScore(List<ModuleScore> modules) {
        return modules.stream().mapToDouble(ModuleScore::score).sum() / modules.size();
    }
}
