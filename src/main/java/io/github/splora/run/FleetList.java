package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The adapters of a fleet, in a fixed order. */
final class FleetList {

    private FleetList() {}

    /**
     * Lists the adapters.
     *
     * @param source a folder, all of whose folders at any depth that hold a config or weights of an adapter are taken; or a text file
     *     with one path or hub id per line
     * @throws BadInputException if it is neither, or names no adapter
     */
    static List<String> of(Path source) {
        List<String> adapters = Files.isDirectory(source) ? inFolder(source) : inFile(source);
        if (adapters.isEmpty()) {
            throw new BadInputException(
                    source,
                    null,
                    null,
                    Files.isDirectory(source)
                            ? "holds no adapter: no folder in it has an adapter_config.json or adapter weights"
                            : "names no adapter: write one path or hub id per line");
        }
        return adapters;
    }

    /**
     * Lists the adapters in a folder; empty if there are none yet.
     *
     * @throws BadInputException if it is not a folder, or something in it cannot be listed
     */
    static List<String> inFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BadInputException(folder, null, null, "is not a folder; --watch waits for adapters in a folder");
        }
        Visitor found = new Visitor(folder);
        try {
            Files.walkFileTree(folder, found);
        } catch (IOException e) {
            throw new BadInputException(folder, null, null, "cannot be listed: " + e.getMessage(), e);
        }
        return found.adapters.stream().sorted().toList();
    }

    /** Collects adapters in folders and in links to folders. What disappears meanwhile, as uploads do, is passed over. */
    private static final class Visitor extends SimpleFileVisitor<Path> {

        private final Path root;
        private final List<String> adapters = new ArrayList<>();

        Visitor(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
            if (!each.equals(root) && isHidden(each)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            add(each);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
            if (attributes.isSymbolicLink() && Files.isDirectory(each) && !isHidden(each)) {
                add(each);
            }
            return FileVisitResult.CONTINUE;
        }

        private static boolean isHidden(Path each) {
            return each.getFileName().toString().startsWith(".");
        }

        private void add(Path each) {
            if (Adapter.isAt(each) || Adapter.hasWeights(each)) {
                adapters.add(each.toString());
            }
        }

        @Override
        public FileVisitResult visitFileFailed(Path each, IOException e) throws IOException {
            return passedOver(each, e);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
            return e == null ? FileVisitResult.CONTINUE : passedOver(each, e);
        }

        private FileVisitResult passedOver(Path each, IOException e) throws IOException {
            if (e instanceof NoSuchFileException && !each.equals(root)) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }
    }

    private static List<String> inFile(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .distinct()
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new BadInputException(
                    file, null, null, "is neither a folder of adapters nor a text file with a path per line", e);
        }
    }
}
