package io.github.splora.delta;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.TunedModule;
import io.github.splora.storage.Values;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Chooses how a module's tensors become the deltas of its matrices. */
public final class Deltas {

    private Deltas() {}

    /** Reads a module's factors and returns one delta per matrix of its weight. */
    public static List<Delta> of(TunedModule module) {
        return module instanceof LoraModule lora
                ? lora.factors().stream().map(factors -> of(lora, factors)).toList()
                : List.of(new AdaptedDelta());
    }

    /**
     * Returns the factors of a module's deltas, one per matrix of its weight; empty for a merged weight, which has none.
     *
     * @throws java.util.NoSuchElementException if the deltas of an adapter's module do not have low rank
     */
    public static List<LowRank> lowRank(TunedModule module) {
        return module instanceof LoraModule
                ? of(module).stream()
                        .map(delta -> delta.lowRank().orElseThrow())
                        .toList()
                : List.of();
    }

    private static Delta of(LoraModule module, Factors factors) {
        StableProduct trained = StableProduct.of(factors.a(), factors.b().scaledBy(module.scaling()));
        Function<StableProduct, Delta> kind = module.magnitude().isPresent()
                ? product -> new DoraDelta(product, Values.of(module.magnitude().get()))
                : LoraDelta::new;
        return part(module, factors)
                .<Delta>map(part -> new ResidualDelta(trained, part, kind))
                .orElseGet(() -> kind.apply(trained));
    }

    /** The part that loading subtracts from the base weight, where it can be computed from the weight itself. */
    private static Optional<BasePart> part(LoraModule module, Factors factors) {
        int rank = factors.a().rows();
        int in = factors.a().columns();
        return switch (module.initialization()) {
            case OLORA -> Optional.of(new OloraPart(rank, in, module.scaling()));
            case PISSA -> Optional.of(new PissaPart(rank, in));
            default -> Optional.empty();
        };
    }
}
