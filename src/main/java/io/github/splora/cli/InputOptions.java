package io.github.splora.cli;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.preset.ModelFinder;
import io.github.splora.preset.ModelFinder.Found;
import io.github.splora.preset.ModelFinder.NotFoundException;
import io.github.splora.preset.Preset;
import io.github.splora.preset.Presets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that name the inputs of a run on adapters. */
class InputOptions {

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description =
                    "Checkpoint before alignment: a folder, a weights file, an index file, or a cached hub id. Default: the"
                            + " one that a preset or the card of the aligned model names.")
    @Nullable
    String base;

    @Option(
            names = "--aligned",
            paramLabel = "MODEL",
            description =
                    "Aligned (instruct, chat) checkpoint that the adapter was trained on. Default: the one that the"
                            + " adapter's config names.")
    @Nullable
    String aligned;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "A well-known pair of models instead of --base and --aligned: see 'splora presets'.")
    @Nullable
    String preset;

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

    /** The base model, after {@link #findModels}. */
    String base() {
        return Objects.requireNonNull(base);
    }

    /** The aligned model, after {@link #findModels}. */
    String aligned() {
        return Objects.requireNonNull(aligned);
    }

    /**
     * Finds the models that the user did not name.
     *
     * @return a sentence for each of them
     * @throws NotFoundException with a sentence that says what is missing, and why
     */
    List<String> findModels(HubCache hub, String revision) throws NotFoundException {
        if (preset != null) {
            Preset pair = Presets.named(preset).orElseThrow();
            base = pair.base();
            aligned = pair.aligned();
        }
        ModelFinder finder = new ModelFinder(hub, revision);
        List<String> sentences = new ArrayList<>();
        if (aligned == null && adapted().isEmpty()) {
            Found found = finder.aligned(adapters().get(0));
            aligned = found.name();
            sentences.add("aligned model: " + found.name() + " (" + found.origin() + ")");
        }
        if (base == null && aligned != null) {
            Found found = finder.base(aligned);
            base = found.name();
            sentences.add("base model: " + found.name() + " (" + found.origin() + ")");
        }
        return sentences;
    }

    /** Returns a sentence that says what is wrong; empty if nothing is. */
    Optional<String> contradiction() {
        if (adapted().isEmpty() && adapters().isEmpty()) {
            return Optional.of("Missing required parameter: 'ADAPTER'" + orElse());
        }
        if (preset != null && (base != null || aligned != null)) {
            return Optional.of("--preset names both models: it cannot be given with --base or --aligned");
        }
        if (preset != null && Presets.named(preset).isEmpty()) {
            return Optional.of("--preset " + preset + ": there is no such preset; 'splora presets' lists them");
        }
        if (adapted().isPresent() && preset == null && aligned == null) {
            return Optional.of("Missing required option: '--aligned=MODEL', or '--preset=NAME'");
        }
        return adapted().isPresent() && !adapters().isEmpty()
                ? Optional.of("--adapter and --adapted cannot be given together: score the adapter or the merged model")
                : Optional.empty();
    }
}
