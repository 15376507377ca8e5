package io.github.splora.cli;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The inputs of a run. */
final class InputOptions {

    @Option(
            names = "--base",
            required = true,
            paramLabel = "MODEL",
            description = "Checkpoint before alignment: a folder, a file of weights or index, or a cached hub id.")
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
                    "PEFT LoRA adapter: its folder, its file of weights, or a cached hub id. Repeatable, and a folder of"
                            + " adapters counts as all of them: the checkpoints are read once.")
    List<String> adapters = List.of();

    @Option(
            names = "--adapted",
            paramLabel = "MODEL",
            description =
                    "In place of --adapter: a merged or fully fine-tuned checkpoint. Its weights are judged by what they"
                            + " add to the aligned ones, and a prune makes those that go the aligned ones again.")
    @Nullable
    String adapted;

    Optional<String> adapted() {
        return Optional.ofNullable(adapted);
    }

    /** What is wrong with the choice between the two; nothing if exactly one is given. */
    Optional<String> contradiction() {
        if (adapted == null && adapters.isEmpty()) {
            return Optional.of("Missing required option: '--adapter=ADAPTER', or '--adapted=MODEL'");
        }
        return adapted != null && !adapters.isEmpty()
                ? Optional.of("--adapter and --adapted cannot be given together: judge the adapter or the merged model")
                : Optional.empty();
    }
}
