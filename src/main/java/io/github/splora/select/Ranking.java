package io.github.splora.select;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.Fusion;
import io.github.splora.score.ModuleScore;
import io.github.splora.score.Negligible;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scored units in the order in which they are selected.
 *
 * @param units the units, highest score first, {@link Negligible} ones last; ties by name
 */
public record Ranking(List<Unit> units) {

    private static final Comparator<Unit> HIGHEST_FIRST = Comparator.comparing(Unit::isNegligible)
            // Subtracting from zero makes −0.0 and 0.0 equal, as they should be.
            .thenComparingDouble(unit -> 0.0 - unit.score())
            .thenComparing(Unit::name);

    /**
     * Modules that are selected together.
     *
     * @param name name of the module or fusion, or path of the block
     * @param score mean of the scores of its modules, without {@link Negligible} ones beside others
     * @param modules the modules; at least one, all with a score
     * @param isNegligible whether all of them are {@link Negligible}
     */
    public record Unit(String name, double score, List<ModuleScore> modules, boolean isNegligible) {

        static Unit of(String name, List<ModuleScore> modules, double smallestNorm) {
            List<ModuleScore> substantial = modules.stream()
                    .filter(score -> score.deltaNorm() == null || score.deltaNorm() >= smallestNorm)
                    .toList();
            return substantial.isEmpty()
                    ? new Unit(name, meanScore(modules), modules, true)
                    : new Unit(name, meanScore(substantial), modules, false);
        }
    }

    /** Ranks units. Modules without a score belong to no unit. */
    public static Ranking of(Collection<ModuleScore> scores, Granularity granularity) {
        Map<String, List<ModuleScore>> members = new TreeMap<>();
        scores.stream().filter(ModuleScore::isScored).forEach(score -> members.computeIfAbsent(
                        unitName(score, granularity), name -> new ArrayList<>())
                .add(score));
        List<ModuleScore> scored = scores.stream().filter(ModuleScore::isScored).toList();
        double smallestNorm = Negligible.limit(
                scored.stream().map(ModuleScore::deltaNorm).toList(),
                scored.stream().map(ModuleScore::alignmentNorm).toList());
        return new Ranking(members.entrySet().stream()
                .map(entry -> Unit.of(entry.getKey(), entry.getValue(), smallestNorm))
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
