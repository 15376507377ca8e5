package io.github.splora.spark;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.spark.hadoop.HadoopPaths;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** The adapters of a fleet, in a fixed order. */
final class AdapterList {

    private static final Set<String> FILES = Set.of(AdapterConfig.FILE_NAME, Adapter.WEIGHTS_FILE, Adapter.PICKLE_FILE);

    private AdapterList() {}

    /**
     * Lists the adapters. An object store lists a thousand files per request, however deep they are.
     *
     * @param location a folder, all of whose folders at any depth that hold a config or weights of an adapter are taken; or a text
     *     file with one location per line
     * @throws BadInputException if it is neither, or names no adapter
     */
    static List<String> of(String location) {
        Path path = new Path(location);
        FileSystem files = HadoopPaths.fileSystem(path);
        try {
            boolean isFolder = files.getFileStatus(path).isDirectory();
            List<String> adapters = isFolder ? inFolder(files, path) : inFile(files, path);
            if (adapters.isEmpty()) {
                throw refused(
                        location,
                        isFolder
                                ? "holds no adapter: no folder in it has an adapter_config.json or adapter weights"
                                : "names no adapter: write one location per line");
            }
            return adapters;
        } catch (FileNotFoundException e) {
            throw refused(location, "no such file or folder");
        } catch (IOException e) {
            throw refused(location, "cannot be listed: " + e.getMessage());
        }
    }

    private static List<String> inFolder(FileSystem files, Path folder) throws IOException {
        int above = folder.depth();
        Set<String> adapters = new TreeSet<>();
        for (RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true); all.hasNext(); ) {
            Path file = all.next().getPath();
            Path parent = file.getParent();
            if (FILES.contains(file.getName()) && !isHidden(parent, above)) {
                adapters.add(HadoopPaths.qualified(parent.toString()));
            }
        }
        return List.copyOf(adapters);
    }

    private static boolean isHidden(Path folder, int above) {
        for (Path part = folder; part != null && part.depth() > above; part = part.getParent()) {
            if (part.getName().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static List<String> inFile(FileSystem files, Path file) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(files.open(file), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(HadoopPaths::qualified)
                    .distinct()
                    .toList();
        }
    }

    private static BadInputException refused(String location, String explanation) {
        return new BadInputException(List.of(new Problem("--adapters " + location, null, null, explanation)));
    }
}
