package io.github.splora;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder that goes with its user, an interrupted one included. */
record Scratch(Path folder, Thread cleanUp) implements AutoCloseable {

  static Scratch create() throws IOException {
    Path folder = Files.createTempDirectory("splora-sweep");
    Thread cleanUp = new Thread(() -> deleteQuietly(folder));
    Runtime.getRuntime().addShutdownHook(cleanUp);
    return new Scratch(folder, cleanUp);
  }

  @Override
  public void close() {
    deleteQuietly(folder);
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUp);
    } catch (IllegalStateException e) {
      // The program is ending already.
    }
  }

  /** A folder and all in it. */
  static void deleteAll(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }

  private static void deleteQuietly(Path folder) {
    try {
      deleteAll(folder);
    } catch (IOException | UncheckedIOException e) {
      // What stays lies where temporary files lie.
    }
  }
}
