package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import io.github.splora.format.TensorFiles;
import io.github.splora.storage.OwnFiles;
import io.github.splora.storage.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PEFT LoRA adapter on disk: its config, its weights and its modules.
 *
 * @param location the folder or file that the user named
 * @param config its {@code adapter_config.json}
 * @param weights the open weights file
 * @param modules in {@linkplain LoraModule#NATURAL_ORDER natural order}, at least one
 */
public record Adapter(Path location, AdapterConfig config, TensorFile weights, List<LoraModule> modules)
        implements AutoCloseable {

    public static final String WEIGHTS_FILE = "adapter_model.safetensors";
    public static final String PICKLE_FILE = "adapter_model.bin";
    private static final List<String> WEIGHTS_FILES = List.of(WEIGHTS_FILE, PICKLE_FILE);

    /**
     * Opens an adapter, reading only headers.
     *
     * @param named an adapter folder, or the weights file or config in it; if a folder has both formats, safetensors
     *     take precedence over a pickle, as in PEFT
     * @throws BadInputException naming everything that prevents reading it: not LORA, no weights, an A without a B or
     *     the reverse, ranks that differ from the config's
     */
    public static Adapter open(Path named) {
        Path location = folderOfConfig(named);
        Path configFile = configOf(location);
        Path weightsFile = weightsOf(location);
        if (Files.isDirectory(location)) {
            requireOwn(location, configFile);
            requireOwn(location, weightsFile);
        }
        AdapterConfig config = AdapterConfig.read(configFile);
        TensorFile weights = TensorFiles.open(weightsFile);
        try {
            return new Adapter(location, config, weights, LoraModules.of(weights, config));
        } catch (RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** Returns this adapter with further modules that are in none of its files. */
    public Adapter with(List<LoraModule> further) {
        return new Adapter(
                location,
                config,
                weights,
                Stream.concat(modules.stream(), further.stream())
                        .sorted((one, other) -> LoraModule.NATURAL_ORDER.compare(one.name(), other.name()))
                        .toList());
    }

    /** Whether {@code location} is an adapter folder, or a weights or config file in one. */
    public static boolean isAt(Path location) {
        return Files.isDirectory(location)
                ? Files.exists(location.resolve(AdapterConfig.FILE_NAME))
                : location.getFileName().toString().matches("adapter_(model|config)\\..+")
                        && Files.exists(location.resolveSibling(AdapterConfig.FILE_NAME));
    }

    /**
     * Returns the folder whose whole content belongs to the adapter. Empty if the user named a weights file that does
     * not have PEFT's name: the files next to it may be unrelated.
     */
    public Optional<Path> folder() {
        if (Files.isDirectory(location)) {
            return Optional.of(location);
        }
        return WEIGHTS_FILES.contains(location.getFileName().toString())
                ? Optional.ofNullable(location.toAbsolutePath().getParent())
                : Optional.empty();
    }

    @Override
    public void close() {
        weights.close();
    }

    /** Refuses a link out of the folder: what is judged must be what the folder ships. */
    private static void requireOwn(Path folder, Path file) {
        try {
            if (Files.exists(file) && !OwnFiles.contains(folder.toRealPath(), file.toRealPath())) {
                throw new BadInputException(
                        file,
                        null,
                        null,
                        "is a link to a file outside the adapter's folder (" + file.toRealPath()
                                + "); copy the file into the folder if it belongs to the adapter");
            }
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Whether a folder holds an adapter's weights under the names that PEFT looks for. */
    public static boolean hasWeights(Path folder) {
        return WEIGHTS_FILES.stream().map(folder::resolve).anyMatch(Files::exists);
    }

    private static Path folderOfConfig(Path named) {
        return named.endsWith(AdapterConfig.FILE_NAME) ? named.toAbsolutePath().resolveSibling("") : named;
    }

    private static Path configOf(Path location) {
        if (!Files.isDirectory(location)) {
            Path config = location.resolveSibling(AdapterConfig.FILE_NAME);
            if (!Files.exists(config)) {
                throw new BadInputException(
                        location,
                        null,
                        null,
                        "no " + AdapterConfig.FILE_NAME + " next to it; an adapter needs its config");
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
