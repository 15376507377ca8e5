package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An opened adapter of a run.
 *
 * @param given path or hub id, as the user named it
 */
public record OpenAdapter(String given, Adapter adapter) {

    /** Returns the name of the adapter's folder: the last part of its path or hub id. */
    String name() {
        Path path = FileNames.location(given);
        if (!Files.exists(path)) {
            return given.replaceFirst("@.*", "").replaceFirst(".*/", "");
        }
        Path name = FileNames.folderOf(path).toAbsolutePath().normalize().getFileName();
        return name == null ? "adapter" : name.toString();
    }

    /** Whether a problem names this adapter's folder or a file in it. A folder in it may be another adapter, such as a checkpoint. */
    boolean isNamedIn(Problem problem) {
        String own = path().toString();
        String file = problem.file();
        return file.equals(own)
                || (file.startsWith(own + File.separator) && file.lastIndexOf(File.separator) == own.length());
    }

    /** Returns the adapter's folder, or its file. An output must not be inside it. */
    Path path() {
        return adapter.folder().orElse(adapter.location());
    }

    /**
     * Replaces each folder that contains adapters, but is not one itself, by these adapters: a local folder, or a cached
     * repository. Skips hidden folders, which a killed run may have left. Everything else stays.
     *
     * @param revision branch, tag or commit for hub ids without {@code @revision}
     */
    public static List<String> expanded(List<String> given, HubCache hub, String revision) {
        return given.stream().flatMap(each -> inside(each, hub, revision)).toList();
    }

    private static Stream<String> inside(String given, HubCache hub, String revision) {
        Path folder;
        try {
            folder = hub.resolve(given, revision);
        } catch (BadInputException e) {
            // Opening it as an adapter will report what is wrong.
            return Stream.of(given);
        }
        if (!Files.isDirectory(folder) || Adapter.isAt(folder)) {
            return Stream.of(given);
        }
        List<String> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .filter(entry -> Files.isDirectory(entry))
                    // Weights without a config are an adapter that cannot be read: opening it says so.
                    .filter(entry -> Adapter.isAt(entry) || Adapter.hasWeights(entry))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .forEach(found::add);
        } catch (IOException e) {
            // Opening it as an adapter will report what is wrong.
            return Stream.of(given);
        }
        return found.isEmpty() ? Stream.of(given) : found.stream().map(name -> named(given, folder, name));
    }

    /** Returns what a user would write for an adapter in a folder or repository. */
    private static String named(String given, Path folder, String name) {
        if (Files.exists(FileNames.location(given))) {
            return folder.resolve(name).toString();
        }
        int at = given.indexOf('@');
        return at < 0 ? given + "/" + name : given.substring(0, at) + "/" + name + given.substring(at);
    }
}
