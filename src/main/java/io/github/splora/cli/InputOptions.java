package io.github.splora.cli;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the inputs of a run. */
final class InputOptions {

    @Option(
            names = "--base",
            required = true,
            paramLabel = "MODEL",
            description = "Checkpoint before alignment: a folder, a weights file, an index file, or a cached hub id.")
    String base;

    @Option(
            names = "--aligned",
            required = true,
            paramLabel = "MODEL",
            description = "Aligned (instruct, chat) checkpoint that the adapter was trained on.")
    String aligned;

    @Option(
            names = "--adapter",
            paramLabel = "ADAPTER",
            description =
                    "PEFT LoRA adapter: a folder, a weights file, or a cached hub id. Repeatable; a folder of adapters"
                            + " stands for all of them. The checkpoints are read once for all adapters.")
    List<String> adapters = List.of();

    @Option(
            names = "--adapted",
            paramLabel = "MODEL",
            description =
                    "Merged or fully fine-tuned checkpoint, instead of --adapter. Scores the difference between each of"
                            + " its weights and the aligned weight. A prune restores the selected weights to their aligned values.")
    @Nullable
    String adapted;

    Optional<String> adapted() {
        return Optional.ofNullable(adapted);
    }

    /** Returns a sentence that says what is wrong; empty if exactly one of --adapter and --adapted is given. */
    Optional<String> contradiction() {
        if (adapted == null && adapters.isEmpty()) {
            return Optional.of("Missing required option: '--adapter=ADAPTER', or '--adapted=MODEL'");
        }
        return adapted != null && !adapters.isEmpty()
                ? Optional.of("--adapter and --adapted cannot be given together: score the adapter or the merged model")
                : Optional.empty();
    }
}
