package io.github.splora.checkpoint;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Detects the state dict of a PEFT model that was never merged: LoRA's factors beside the weights, which still have their
 * values from before training.
 */
final class UnmergedModel {

    private static final Pattern FACTOR =
            Pattern.compile(".*\\.lora_(?:[AB]|embedding_[AB]|magnitude_vector)(?:\\..*)?", Pattern.DOTALL);

    private UnmergedModel() {}

    /** @throws BadInputException if {@code checkpoint} holds LoRA's factors */
    static void refuse(Checkpoint checkpoint) {
        List<String> factors = checkpoint.tensorNames().stream()
                .filter(name -> FACTOR.matcher(name).matches())
                .toList();
        if (!factors.isEmpty()) {
            throw new BadInputException(
                    checkpoint.location(),
                    Plural.share(factors.size(), checkpoint.tensorNames().size(), "tensor") + ", for example '"
                            + factors.get(0) + "'",
                    null,
                    "this is a PEFT model that was not merged: its weights lack what the adapter adds; merge it"
                            + " (merge_and_unload), or save its lora_ tensors as an adapter (save_pretrained)");
        }
    }
}
