package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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

    /** Lists the adapters in a folder; empty if there are none yet. */
    static List<String> inFolder(Path folder) {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.filter(Files::isDirectory)
                    .filter(each -> !isHidden(folder.relativize(each)))
                    .filter(each -> Adapter.isAt(each) || Adapter.hasWeights(each))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new BadInputException(folder, null, null, "cannot be listed: " + e.getMessage(), e);
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

    private static boolean isHidden(Path relative) {
        for (Path part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }
}
