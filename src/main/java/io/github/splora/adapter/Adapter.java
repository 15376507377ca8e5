package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import io.github.splora.format.TensorFiles;
import io.github.splora.storage.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A PEFT LoRA adapter on disk: its config, its weights, and the modules that they make up.
 *
 * @param location the folder or file that the user named
 * @param config its {@code adapter_config.json}
 * @param weights the open file of weights
 * @param modules in {@linkplain LoraModule#NATURAL_ORDER natural order}, at least one
 */
public record Adapter(Path location, AdapterConfig config, TensorFile weights, List<LoraModule> modules)
        implements AutoCloseable {

    public static final String WEIGHTS_FILE = "adapter_model.safetensors";
    public static final String PICKLE_FILE = "adapter_model.bin";
    private static final List<String> WEIGHTS_FILES = List.of(WEIGHTS_FILE, PICKLE_FILE);

    /**
     * Opens an adapter; only headers are read.
     *
     * @param named an adapter folder, or the file of weights or the config in it; in a folder with both, safetensors
     *     come before a pickle, as in PEFT
     * @throws BadInputException naming all that keeps it from being read: not LORA, no weights, modules without a
     *     partner, ranks that differ from the config's
     */
    public static Adapter open(Path named) {
        Path location = folderOfConfig(named);
        AdapterConfig config = AdapterConfig.read(configOf(location));
        TensorFile weights = TensorFiles.open(weightsOf(location));
        try {
            return new Adapter(location, config, weights, LoraModules.of(weights, config));
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** Whether {@code location} is an adapter's folder, or the weights file in one. */
    public static boolean isAt(Path location) {
        return Files.isDirectory(location)
                ? Files.exists(location.resolve(AdapterConfig.FILE_NAME))
                : location.getFileName().toString().matches("adapter_(model|config)\\..+")
                        && Files.exists(location.resolveSibling(AdapterConfig.FILE_NAME));
    }

    /**
     * The folder that all of is the adapter's. None where the user named a file of another name than PEFT's: what lies
     * beside it may belong to anything.
     */
    public Optional<Path> folder() {
        if (Files.isDirectory(location)) {
            return Optional.of(location);
        }
        return WEIGHTS_FILES.contains(location.getFileName().toString())
                ? Optional.of(location.toAbsolutePath().getParent())
                : Optional.empty();
    }

    @Override
    public void close() {
        weights.close();
    }

    private static Path folderOfConfig(Path named) {
        return named.endsWith(AdapterConfig.FILE_NAME) ? named.toAbsolutePath().getParent() : named;
    }

    private static Path configOf(Path location) {
        if (!Files.isDirectory(location)) {
            Path config = location.resolveSibling(AdapterConfig.FILE_NAME);
            if (!Files.exists(config)) {
                throw new BadInputException(
                        location,
                        null,
                        null,
                        "no " + AdapterConfig.FILE_NAME + " beside it; an adapter needs its config");
            }
            return config;
        }
        Path config = location.resolve(AdapterConfig.FILE_NAME);
        if (!Files.exists(config)) {
            throw new BadInputException(
                    location,
                    null,
                    null,
                    "no " + AdapterConfig.FILE_NAME + " here; name the folder that PEFT's save_pretrained wrote");
        }
        return config;
    }

    private static Path weightsOf(Path location) {
        if (!Files.isDirectory(location)) {
            return location;
        }
        return WEIGHTS_FILES.stream()
                .map(location::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElse(location.resolve(WEIGHTS_FILE));
    }
}
