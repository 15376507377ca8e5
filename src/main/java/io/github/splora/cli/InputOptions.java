package io.github.splora.cli;

import io.github.splora.preset.ModelFinder;
import io.github.splora.preset.ModelFinder.Found;
import io.github.splora.preset.ModelFinder.NotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that name the inputs of a run on adapters. */
class InputOptions extends ModelOptions {

    @Option(
            names = "--aligned",
            paramLabel = "MODEL",
            description =
                    "Aligned (instruct, chat) checkpoint that the adapter was trained on. Default: the one that the"
                            + " adapter's config names.")
    void setAligned(String name) {
        aligned = name;
    }

    @Parameters(paramLabel = "ADAPTER", arity = "0..*", description = "The same as --adapter.")
    List<String> positional = List.of();

    @Option(
            names = "--adapter",
            paramLabel = "ADAPTER",
            description =
                    "PEFT LoRA adapter: a folder, a weights file, or a cached hub id. Repeatable; a folder of adapters"
                            + " stands for all of them. The checkpoints are read once for all adapters.")
    List<String> named = List.of();

    /** Returns the merged checkpoint that takes the place of an adapter; empty for commands that need an adapter. */
    Optional<String> adapted() {
        return Optional.empty();
    }

    /** Returns what an error message offers besides --adapter. */
    String orElse() {
        return "";
    }

    List<String> adapters() {
        return Stream.concat(named.stream(), positional.stream()).toList();
    }

    @Override
    Optional<Found> findAligned(ModelFinder finder) throws NotFoundException {
        return adapted().isEmpty() ? Optional.of(finder.aligned(adapters().get(0))) : Optional.empty();
    }

    @Override
    Optional<String> contradiction() {
        if (adapted().isEmpty() && adapters().isEmpty()) {
            return Optional.of("Missing required parameter: 'ADAPTER'" + orElse());
        }
        Optional<String> wrongModels = super.contradiction();
        if (wrongModels.isPresent()) {
            return wrongModels;
        }
        if (adapted().isPresent() && preset == null && aligned == null) {
            return Optional.of("Missing required option: '--aligned=MODEL', or '--preset=NAME'");
        }
        return adapted().isPresent() && !adapters().isEmpty()
                ? Optional.of("--adapter and --adapted cannot be given together: score the adapter or the merged model")
                : Optional.empty();
    }
}
