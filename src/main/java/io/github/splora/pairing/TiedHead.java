package io.github.splora.pairing;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import java.util.List;
import java.util.stream.Stream;

/** An output head that shares the embedding's weight and therefore has no tensor. */
final class TiedHead implements Layout {

    /** Names of input embeddings. */
    private static final List<String> EMBEDDINGS =
            List.of("embed_tokens", "wte", "word_embeddings", "embed_in", "decoder.embed_tokens", "shared");

    @Override
    public List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        if (!module.isHead() || saysUntied(checkpoint)) {
            return List.of();
        }
        String parent = module.name().substring(0, module.name().lastIndexOf('.') + 1);
        return EMBEDDINGS.stream()
                .flatMap(embedding -> Stream.of(parent, parent + "model.", parent + "transformer.")
                        .flatMap(prefix -> names.candidates(prefix + embedding).stream()))
                .distinct()
                .map(name -> StoredWeight.of(checkpoint.tensor(name)))
                .toList();
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
