package io.github.splora.effects;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.util.List;
import java.util.Optional;

/**
 * The factors that an embedding and its head share under {@code ensure_weight_tying}. PEFT builds both modules if the adapter has
 * one of them, each with the scaling that the config's patterns give it.
 */
final class TiedFactors {

    private static final String TIED = "tie_word_embeddings";

    private TiedFactors() {}

    /** Whether PEFT would build a module that the adapter's file does not hold, or with other factors than it holds. */
    static boolean addToTheModel(Adapter adapter, Checkpoint aligned) {
        List<LoraModule> vocabulary =
                adapter.modules().stream().filter(LoraModule::hasVocabulary).toList();
        boolean isUntied = aligned.config()
                .map(config ->
                        config.path(TIED).isBoolean() && !config.path(TIED).booleanValue())
                .orElse(false);
        return adapter.config().tiesWeights() && !vocabulary.isEmpty() && !isUntied && !areBothStored(vocabulary);
    }

    private static boolean areBothStored(List<LoraModule> vocabulary) {
        Optional<LoraModule> head =
                vocabulary.stream().filter(LoraModule::isHead).findFirst();
        Optional<LoraModule> embedding =
                vocabulary.stream().filter(module -> !module.isHead()).findFirst();
        return vocabulary.size() == 2
                && head.isPresent()
                && embedding.isPresent()
                && isTransposed(embedding.get().loraB(), head.get().loraA())
                && isTransposed(embedding.get().loraA(), head.get().loraB());
    }

    private static boolean isTransposed(StoredTensor one, StoredTensor other) {
        if (!one.shape().equals(List.of(other.shape().get(1), other.shape().get(0)))) {
            return false;
        }
        double[] values = Values.of(one);
        double[] transposed = Values.of(other);
        int rows = Math.toIntExact(one.shape().get(0));
        int columns = Math.toIntExact(one.shape().get(1));
        for (int i = 0; i < values.length; i++) {
            if (values[i] != transposed[i % columns * rows + i / columns]) {
                return false;
            }
        }
        return true;
    }
}
