package io.github.splora.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the inputs of a run on adapters or on a merged checkpoint. */
final class AdapterOrMergedOptions extends InputOptions {

    @Option(
            names = "--adapted",
            paramLabel = "MODEL",
            description =
                    "Merged or fully fine-tuned checkpoint, instead of --adapter. Scores the difference between each of"
                            + " its weights and the aligned weight. A prune restores the selected weights to their aligned values.")
    @Nullable
    String adapted;

    @Override
    Optional<String> adapted() {
        return Optional.ofNullable(adapted);
    }

    @Override
    String orElse() {
        return ", or '--adapted=MODEL'";
    }
}
