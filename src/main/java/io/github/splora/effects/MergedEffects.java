package io.github.splora.effects;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.Counterparts;
import io.github.splora.pairing.MergedPairing;
import io.github.splora.pairing.RenamedTensors;
import io.github.splora.score.Effect;
import io.github.splora.score.Effect.Kind;
import io.github.splora.storage.StoredTensor;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a merged fine-tune changes in the model besides the weights that are modules. */
public final class MergedEffects {

    private static final String CONFIG = "config.json";

    private MergedEffects() {}

    /**
     * Returns every change, sorted by name within tensors, missing tensors, names and settings.
     *
     * @param withVocabulary whether embeddings and heads are modules
     */
    public static List<Effect> of(Checkpoint base, Checkpoint aligned, Checkpoint adapted, boolean withVocabulary) {
        Counterparts ofBase = new Counterparts(base);
        Counterparts ofAligned = new Counterparts(aligned);
        Stream<Effect> tensors = MergedPairing.otherTensors(adapted, withVocabulary).stream()
                .flatMap(tensor -> AdapterEffects.replaced(tensor.name(), tensor, ofBase, ofAligned).stream());
        Counterparts ofAdapted = new Counterparts(adapted);
        Stream<Effect> missing = aligned.tensorNames().stream()
                .filter(name -> !adapted.contains(name))
                .map(aligned::tensor)
                .filter(tensor -> !MergedPairing.isScale(tensor, aligned))
                .flatMap(tensor -> missing(tensor, ofAdapted.of(tensor.name())).stream());
        Stream<Effect> renamed = RenamedTensors.in(adapted, aligned).stream()
                .map(name -> new Effect(name, Kind.UNKNOWN_NAME, null, null));
        Stream<Effect> generation = GenerationChanges.between(aligned, adapted).stream()
                .map(field -> new Effect(GenerationChanges.FILE_NAME + " " + field, Kind.SETTING, null, null));
        return Stream.of(tensors, missing, renamed, settings(aligned, adapted), generation)
                .flatMap(each -> each)
                .toList();
    }

    /**
     * @param found the tensor of another name that the merged model uses instead: the same one under an alias, or, for a head,
     *     an embedding, which may differ
     */
    private static Collection<Effect> missing(StoredTensor tensor, Optional<StoredTensor> found) {
        boolean isTied = found.isPresent() && !end(found.get().name()).equals(end(tensor.name()));
        Optional<Effect> effect = found.isEmpty()
                ? AdapterEffects.effect(tensor.name(), Kind.MISSING_TENSOR, Change.added(tensor))
                : isTied
                        ? AdapterEffects.effect(
                                tensor.name(), Kind.SAVED_WEIGHT, Change.of(found.get(), tensor, Optional.empty()))
                        : Optional.empty();
        return effect.stream().toList();
    }

    /** Returns the last two parts of a name, such as {@code lm_head.weight}. */
    private static String end(String name) {
        int leaf = name.lastIndexOf('.');
        return name.substring(leaf < 0 ? 0 : name.lastIndexOf('.', leaf - 1) + 1);
    }

    /**
     * The fields of {@code config.json} by which the merged model computes something else, and the files of its own code that
     * differ. Without the aligned model's config nothing vouches for the merged one's.
     */
    private static Stream<Effect> settings(Checkpoint aligned, Checkpoint adapted) {
        if (adapted.config().isEmpty()) {
            return Stream.empty();
        }
        Stream<String> fields = aligned.config().isEmpty()
                ? Stream.of(CONFIG)
                : ConfigChanges.between(aligned.config().get(), adapted.config().get()).stream()
                        .map(field -> CONFIG + " " + field);
        Stream<String> precision =
                LoadedPrecision.isLowerThanStored(adapted) ? Stream.of(CONFIG + " dtype") : Stream.empty();
        return Stream.of(fields, precision, CustomCode.changed(aligned, adapted).stream())
                .flatMap(each -> each)
                .map(name -> new Effect(name, Kind.SETTING, null, null));
    }
}
