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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the two models that adapters are compared with. */
abstract class ModelOptions {

    @Option(
            names = "--base",
            paramLabel = "MODEL",
            description =
                    "Checkpoint before alignment: a folder, a weights file, an index file, or a cached hub id. Default: the"
                            + " one that a preset or the card of the aligned model names.")
    @Nullable
    String base;

    /** Set by an option of the subclasses, which describe its default. */
    @Nullable
    String aligned;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "A well-known pair of models instead of --base and --aligned: see 'splora presets'.")
    @Nullable
    String preset;

    /** The base model, after {@link #findModels}. */
    String base() {
        return Objects.requireNonNull(base);
    }

    /** The aligned model, after {@link #findModels}. */
    String aligned() {
        return Objects.requireNonNull(aligned);
    }

    /**
     * Finds the aligned model if no option names it.
     *
     * @return empty if nothing else is asked
     */
    Optional<Found> findAligned(ModelFinder finder) throws NotFoundException {
        return Optional.empty();
    }

    /**
     * Finds the models that the user did not name.
     *
     * @return a sentence for each of them
     * @throws NotFoundException with a sentence that says what is missing, and why
     */
    final List<String> findModels(HubCache hub, String revision) throws NotFoundException {
        if (preset != null) {
            Preset pair = Presets.named(preset).orElseThrow();
            base = pair.base();
            aligned = pair.aligned();
        }
        ModelFinder finder = new ModelFinder(hub, revision);
        List<String> sentences = new ArrayList<>();
        if (aligned == null) {
            Optional<Found> found = findAligned(finder);
            found.ifPresent(model -> sentences.add("aligned model: " + model.name() + " (" + model.origin() + ")"));
            aligned = found.map(Found::name).orElse(null);
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
        if (preset != null && (base != null || aligned != null)) {
            return Optional.of("--preset names both models: it cannot be given with --base or --aligned");
        }
        return preset != null && Presets.named(preset).isEmpty()
                ? Optional.of("--preset " + preset + ": there is no such preset; 'splora presets' lists them")
                : Optional.empty();
    }
}
