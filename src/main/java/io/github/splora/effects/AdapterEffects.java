package io.github.splora.effects;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.SavedTensor;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.Counterparts;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.score.Effect;
import io.github.splora.score.Effect.Kind;
import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What an adapter changes in the model besides its modules. */
public final class AdapterEffects {

    private static final String WEIGHT = ".weight";

    private final Counterparts base;
    private final Counterparts aligned;
    private final Checkpoint baseModel;
    private final Checkpoint alignedModel;

    public AdapterEffects(Checkpoint base, Checkpoint aligned) {
        this.base = new Counterparts(base);
        this.aligned = new Counterparts(aligned);
        this.baseModel = base;
        this.alignedModel = aligned;
    }

    /** Returns every tensor and setting that changes the model; tensors that equal their aligned counterparts change nothing. */
    public List<Effect> of(Adapter adapter) {
        Stream<String> settings = Stream.of(
                        SavedTensor.settings(adapter.config()),
                        UntrainedModules.changeTheModel(adapter, alignedModel)
                                ? Stream.of("init_lora_weights")
                                : Stream.<String>empty(),
                        TiedFactors.addToTheModel(adapter, alignedModel)
                                ? Stream.of("ensure_weight_tying")
                                : Stream.<String>empty(),
                        undecided(adapter, baseModel),
                        undecided(adapter, alignedModel))
                .flatMap(each -> each)
                .distinct();
        return Stream.concat(
                        SavedTensor.of(adapter).stream().flatMap(saved -> of(saved).stream()),
                        settings.map(field -> new Effect(field, Kind.SETTING, null, null)))
                .toList();
    }

    private static Stream<String> undecided(Adapter adapter, Checkpoint model) {
        return ModulePairing.undecidedOrientations(adapter.modules(), adapter.config(), model).stream();
    }

    private Optional<Effect> of(SavedTensor saved) {
        return switch (saved.role()) {
            case ADDS -> added(saved);
            case ROWS -> rows(saved);
            case REPLACES -> replaced(saved.name(), saved.tensor(), base, aligned);
        };
    }

    private static Optional<Effect> added(SavedTensor saved) {
        Change change = Change.added(saved.tensor())
                .map(sums -> new Change(sums.squared() * saved.scaling() * saved.scaling(), 0, 0))
                .orElse(null);
        return effect(saved.name(), Kind.BIAS, Optional.ofNullable(change));
    }

    private Optional<Effect> rows(SavedTensor saved) {
        Optional<StoredTensor> embedding = aligned.of(saved.name());
        return effect(
                saved.name(),
                Kind.TOKENS,
                saved.rows().isPresent() && embedding.isPresent()
                        ? Change.ofRows(saved.tensor(), saved.rows().get(), embedding.get())
                        : Optional.empty());
    }

    /** Returns the effect of a tensor that replaces the aligned tensor of a name; empty if it changes nothing. */
    static Optional<Effect> replaced(String name, StoredTensor tensor, Counterparts base, Counterparts aligned) {
        Optional<StoredTensor> old = aligned.of(name);
        if (old.isEmpty()) {
            return effect(name, Kind.NEW_TENSOR, Change.added(tensor));
        }
        Kind kind = name.endsWith(".bias") ? Kind.BIAS : tensor.shape().size() < 2 ? Kind.VECTOR : Kind.SAVED_WEIGHT;
        return effect(name, kind, Change.of(tensor, old.get(), base.of(name)));
    }

    /** Returns an effect, unless the change is known to be none. */
    static Optional<Effect> effect(String name, Kind kind, Optional<Change> change) {
        return change.isPresent() && change.get().isNone()
                ? Optional.empty()
                : Optional.of(new Effect(
                        name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name,
                        kind,
                        change.map(Change::norm).orElse(null),
                        change.map(Change::cosine).orElse(null)));
    }
}
