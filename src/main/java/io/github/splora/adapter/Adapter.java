package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import io.github.splora.safetensors.SafetensorsFile;
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
 * @param weights the open safetensors file
 * @param modules in {@linkplain LoraModule#NATURAL_ORDER natural order}, at least one
 */
public record Adapter(Path location, AdapterConfig config, TensorFile weights, List<LoraModule> modules)
    implements AutoCloseable {

  public static final String WEIGHTS_FILE = "adapter_model.safetensors";
  public static final String PICKLE_FILE = "adapter_model.bin";

  /**
   * Opens an adapter; only headers are read.
   *
   * @param named an adapter folder, or the safetensors file or the config in it
   * @throws BadInputException naming all that keeps it from being read: not LORA, no weights, a pickle, modules
   *     without a partner, ranks that differ from the config's
   */
  public static Adapter open(Path named) {
    Path location = folderOfConfig(named);
    AdapterConfig config = AdapterConfig.read(configOf(location));
    TensorFile weights = SafetensorsFile.open(weightsOf(location));
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
    return location.getFileName().toString().equals(WEIGHTS_FILE)
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
        throw new BadInputException(location, null, null,
            "no " + AdapterConfig.FILE_NAME + " beside it; an adapter needs its config");
      }
      return config;
    }
    Path config = location.resolve(AdapterConfig.FILE_NAME);
    if (!Files.exists(config)) {
      throw new BadInputException(location, null, null,
          "no " + AdapterConfig.FILE_NAME + " here; name the folder that PEFT's save_pretrained wrote");
    }
    return config;
  }

  private static Path weightsOf(Path location) {
    Path weights = Files.isDirectory(location) ? location.resolve(WEIGHTS_FILE) : location;
    boolean isPickle = weights.toString().endsWith(".bin")
        || !Files.exists(weights) && Files.exists(location.resolve(PICKLE_FILE));
    if (isPickle) {
      throw new BadInputException(location, PICKLE_FILE, null, "only a PyTorch pickle is here, and pickles can run code;"
          + " load the adapter with PEFT and save it again, which writes " + WEIGHTS_FILE);
    }
    return weights;
  }
}
