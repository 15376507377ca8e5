package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import io.github.splora.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a rewritten adapter: its weights, its config, and whatever else the old adapter's folder holds. */
public final class AdapterWriter {

  private static final Logger LOG = LoggerFactory.getLogger(AdapterWriter.class);

  /** Written anew, or wrong in a pruned adapter: a pickle beside the weights would still hold what was removed. */
  private static final Set<String> NOT_CARRIED = Set.of(
      Adapter.WEIGHTS_FILE, AdapterConfig.FILE_NAME, Adapter.PICKLE_FILE, "splora-report.json", ".git", ".cache");

  private AdapterWriter() {}

  /**
   * Writes into an empty folder.
   *
   * @throws IOException if something cannot be written
   */
  public static void write(Adapter adapter, Rewrite rewrite, Path folder) throws IOException {
    SafetensorsWriter.write(
        folder.resolve(Adapter.WEIGHTS_FILE), rewrite.tensors(), adapter.weights().metadata());
    Path config = folder.resolve(AdapterConfig.FILE_NAME);
    if (rewrite.config().isPresent()) {
      Files.writeString(config, StrictJson.write(rewrite.config().get()));
    } else {
      copyContent(adapter.config().file(), config);
    }
    if (adapter.folder().isPresent()) {
      carryOver(adapter.folder().get(), folder);
    }
  }

  private static void carryOver(Path from, Path to) throws IOException {
    List<Path> entries;
    try (Stream<Path> listing = Files.list(from)) {
      entries = listing.filter(entry -> !NOT_CARRIED.contains(entry.getFileName().toString())).toList();
    }
    for (Path entry : entries) {
      copy(entry, to.resolve(entry.getFileName()));
    }
  }

  /**
   * Links to files are followed (a hub cache is made of them), links to folders are not (they may form a circle).
   * Another adapter in a subfolder (a training checkpoint, say) is not part of this one and has not been pruned.
   */
  private static void copy(Path from, Path to) throws IOException {
    if (Files.isRegularFile(from)) {
      copyContent(from, to);
    } else if (Files.isDirectory(from) && (Adapter.isAt(from) || Files.isSymbolicLink(from))) {
      LOG.warn("{} is not carried over: it is {}", from, Adapter.isAt(from) ? "another adapter" : "a link to a folder");
    } else if (Files.isDirectory(from)) {
      Files.createDirectory(to);
      carryOver(from, to);
    } else {
      LOG.warn("{} is not carried over: it is neither a file nor a folder", from);
    }
  }

  /** Content only: a file of a read-only download must not make a read-only output. */
  private static void copyContent(Path from, Path to) throws IOException {
    try (InputStream in = open(from);
        OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
      in.transferTo(out);
    }
  }

  private static InputStream open(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (AccessDeniedException e) {
      throw new BadInputException(file, null, null, "cannot be carried over: permission denied", e);
    }
  }
}
