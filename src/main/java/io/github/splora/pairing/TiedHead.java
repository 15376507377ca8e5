package io.github.splora.pairing;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An output head that shares the embedding's weight and therefore has no tensor. */
final class TiedHead implements Layout {

    /** Names of input embeddings. */
    private static final List<String> EMBEDDINGS =
            List.of("embed_tokens", "wte", "word_embeddings", "embed_in", "decoder.embed_tokens", "shared");

    @Override
    public List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        return module.isHead()
                ? embeddings(module.name(), names, checkpoint)
                        .map(StoredWeight::of)
                        .toList()
                : List.of();
    }

    /** Returns the embedding whose weight the head of that name shares; empty if it is no head, or has its own weight. */
    static Optional<StoredTensor> embedding(String name, WeightNames names, Checkpoint checkpoint) {
        List<StoredTensor> found =
                LoraModule.isHead(name) ? embeddings(name, names, checkpoint).toList() : List.of();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static Stream<StoredTensor> embeddings(String head, WeightNames names, Checkpoint checkpoint) {
        String parent = head.substring(0, head.lastIndexOf('.') + 1);
        return saysUntied(checkpoint)
                ? Stream.empty()
                : EMBEDDINGS.stream()
                        .flatMap(embedding -> Stream.of(parent, parent + "model.", parent + "transformer.")
                                .flatMap(prefix -> names.candidates(prefix + embedding).stream()))
                        .distinct()
                        .map(checkpoint::tensor);
    }

    private static boolean saysUntied(Checkpoint checkpoint) {
        return checkpoint
                .config()
                .map(config -> config.path("tie_word_embeddings"))
                .filter(JsonNode::isBoolean)
                .map(tied -> !tied.booleanValue())
                .orElse(false);
    }
}
