package io.github.splora.pairing;

import io.github.splora.adapter.LayerKind.Dimensions;
import io.github.splora.adapter.LoraModule;
import java.util.List;
import java.util.Optional;

/** Checks specific to layers whose weight has one row per token: embeddings and output heads. */
final class Vocabulary {

    private Vocabulary() {}

    /** Returns a message if the only mismatch between a weight and its module is the number of tokens. */
    static Optional<String> mismatch(LoraModule module, List<Long> weightShape) {
        Dimensions d = module.dimensions();
        List<Long> expected = module.kind().weightShapes(d).get(0);
        boolean differsInTokensOnly = weightShape.size() == 2
                && expected.size() == 2
                && weightShape.get(1).equals(expected.get(1))
                && !weightShape.get(0).equals(expected.get(0));
        return module.hasVocabulary() && differsInTokensOnly
                ? Optional.of(
                        "a vocabulary of " + weightShape.get(0) + " tokens, but the adapter's module '" + module.name()
                                + "' was trained on " + expected.get(0)
                                + "; name the checkpoint with the resized vocabulary, or exclude the module:"
                                + " --exclude '" + module.name() + "'")
                : Optional.empty();
    }
}
