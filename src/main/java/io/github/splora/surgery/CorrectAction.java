package io.github.splora.surgery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.linalg.Matrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Replaces A and B by corrected factors. Without added ranks it leaves the config unchanged: rank, scaling, types and names
 * stay, so every client that loads the old adapter loads the new one. Added ranks change the shapes and the config's ranks and
 * alphas, in such a way that every module's scaling stays what it was.
 */
record CorrectAction(ActionSettings settings) implements Action {

    /** Makes the tensor in the place of an old one. */
    private interface TensorMaker {
        TensorSource tensor(StoredTensor old, List<Long> shape, Supplier<double[]> values);
    }

    @Override
    public void requireApplicable(Adapter adapter) {
        PlainModules.require(adapter, "new factors would not determine everything that a module adds");
        if (settings.addedRank() > 0) {
            RankRewrite.requirePossible(adapter, settings.addedRank());
        }
    }

    @Override
    public Rewrite apply(Adapter adapter, Set<String> selected, Map<String, CorrectedFactors> corrected) {
        return apply(adapter, selected, corrected, ComputedTensor::checked);
    }

    private Rewrite apply(
            Adapter adapter, Set<String> selected, Map<String, CorrectedFactors> corrected, TensorMaker maker) {
        requireApplicable(adapter);
        InseparableModules.refuseTied(adapter, selected);
        Map<String, Integer> grown = grown(adapter, selected);
        Optional<ObjectNode> config =
                grown.isEmpty() ? Optional.empty() : Optional.of(new RankRewrite(adapter, grown).config());
        AdapterConfig after = config.map(adapter.config()::with).orElse(adapter.config());
        Map<String, TensorSource> replaced = new HashMap<>();
        adapter.modules().stream()
                .filter(module -> selected.contains(module.name()) || grown.containsKey(module.name()))
                .forEach(module -> {
                    long rank = grown.getOrDefault(module.name(), Math.toIntExact(module.rank()));
                    Supplier<List<Factors>> factors = factors(
                            module,
                            Math.toIntExact(rank),
                            selected.contains(module.name()) ? corrected.get(module.name()) : null,
                            after.scalingOf(module.name()));
                    put(
                            replaced,
                            maker,
                            module.loraA(),
                            0,
                            rank * module.dimensions().matrices(),
                            () -> module.kind().valuesOfA(factors.get()));
                    put(
                            replaced,
                            maker,
                            module.loraB(),
                            1,
                            rank * module.dimensions().matrices(),
                            () -> module.kind().valuesOfB(factors.get()));
                });
        return Rewrite.replacing(adapter, config, replaced);
    }

    /** The most that the action may do: all modules are given their added ranks, of zeros. */
    @Override
    public Rewrite preview(Adapter adapter) {
        Set<String> all = adapter.modules().stream().map(LoraModule::name).collect(Collectors.toSet());
        CorrectedFactors unchanged = new CorrectedFactors(Optional.empty(), Optional.empty());
        return settings.addedRank() == 0 || InseparableModules.areTied(adapter)
                ? apply(adapter, Set.of())
                : apply(
                        adapter,
                        all,
                        all.stream().collect(Collectors.toMap(name -> name, name -> unchanged)),
                        ComputedTensor::new);
    }

    /** The new ranks of the modules whose rank grows. A module of rank 0 gets as many as the others where all must have one rank. */
    private Map<String, Integer> grown(Adapter adapter, Set<String> selected) {
        if (settings.addedRank() == 0 || selected.isEmpty()) {
            return Map.of();
        }
        int largest = adapter.modules().stream()
                .mapToInt(module -> Math.toIntExact(module.rank()))
                .max()
                .orElseThrow();
        return adapter.modules().stream()
                .filter(module -> settings.hasOneRank() || selected.contains(module.name()))
                .collect(Collectors.toMap(
                        LoraModule::name,
                        module -> settings.addedRank()
                                + (settings.hasOneRank() && module.rank() == 0
                                        ? largest
                                        : Math.toIntExact(module.rank()))));
    }

    private static void put(
            Map<String, TensorSource> replaced,
            TensorMaker maker,
            StoredTensor old,
            int rankDimension,
            long rank,
            Supplier<double[]> values) {
        List<Long> shape = new ArrayList<>(old.shape());
        shape.set(rankDimension, rank);
        replaced.put(old.name(), maker.tensor(old, shape, values));
    }

    /**
     * Returns a module's new factors, unscaled.
     *
     * @param rank its new rank
     * @param corrected null for a module that only gets zeros
     * @param scaling what the new config gives the module
     */
    private Supplier<List<Factors>> factors(
            LoraModule module, int rank, @Nullable CorrectedFactors corrected, double scaling) {
        Supplier<List<Factors>> old = corrected != null && corrected.replaced().isPresent()
                ? () -> unscaled(corrected.replaced().get().get(), scaling)
                : module::factors;
        if (settings.addedRank() == 0) {
            return old;
        }
        Supplier<List<Factors>> added = corrected != null && corrected.added().isPresent()
                ? () -> unscaled(corrected.added().get().get(), scaling)
                : List::of;
        return () -> {
            List<Factors> first = old.get();
            List<Factors> second = added.get();
            List<Factors> both = new ArrayList<>();
            for (int i = 0; i < first.size(); i++) {
                Factors kept = first.get(i);
                both.add(padded(
                        second.isEmpty()
                                ? kept
                                : new Factors(
                                        kept.a().above(second.get(i).a()),
                                        kept.b().beside(second.get(i).b())),
                        rank));
            }
            return both;
        };
    }

    private static Factors padded(Factors factors, int rank) {
        int missing = rank - factors.a().rows();
        return new Factors(
                factors.a().above(Matrix.zeros(missing, factors.a().columns())),
                factors.b().beside(Matrix.zeros(factors.b().rows(), missing)));
    }

    /** Where the scaling is 0 the delta is, too, and any factors do. */
    private static List<Factors> unscaled(List<Factors> scaled, double scaling) {
        return scaled.stream()
                .map(each -> new Factors(each.a(), each.b().scaledBy(scaling == 0 ? 0 : 1 / scaling)))
                .toList();
    }
}
