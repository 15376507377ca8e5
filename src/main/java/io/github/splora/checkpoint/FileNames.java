package io.github.splora.checkpoint;

import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/** Converts the names of files and folders. */
public final class FileNames {

    /** A scheme has two letters or more: one letter is a drive on Windows. */
    private static final Pattern LOCATION = Pattern.compile("[a-z][a-z0-9+.-]+:/.*", Pattern.DOTALL);

    private FileNames() {}

    /** Loaded when the first location with a scheme is named. */
    private static final class Services {

        private static final List<LocationPaths> ALL =
                ServiceLoader.load(LocationPaths.class, FileNames.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList();
    }

    /**
     * Returns the path of that name, or of a location with a scheme that one of the {@link LocationPaths} knows. Only for names that
     * the user gave: one from a stranger's file must not make this machine talk to another.
     *
     * @throws InvalidPathException if no file can have that name
     */
    public static Path location(String name) {
        return LOCATION.matcher(name).matches()
                ? Services.ALL.stream()
                        .flatMap(each -> each.of(name).stream())
                        .findFirst()
                        .orElseGet(() -> Path.of(name))
                : Path.of(name);
    }

    /** Returns the path of a name or location that the user gave; empty if no file can have that name. */
    static Optional<Path> toLocation(String name) {
        try {
            return Optional.of(location(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Returns a folder itself, or the folder that holds a file. */
    public static Path folderOf(Path location) {
        return Files.isDirectory(location)
                ? location
                : location.toAbsolutePath().resolveSibling("");
    }

    /**
     * Resolves a path against a folder. A path without a scheme is taken to be in the folder's file system, wherever that is: what a
     * stranger's file names must not be looked up on the machine that reads it.
     */
    public static Path resolved(Path folder, Path path) {
        FileSystem ofPath = path.getFileSystem();
        if (ofPath.equals(folder.getFileSystem())) {
            return folder.resolve(path);
        }
        return ofPath.equals(FileSystems.getDefault()) ? folder.resolve(path.toString()) : path;
    }

    /**
     * Returns the path of that name; empty if no file can have that name (JSON strings can hold half a surrogate pair).
     */
    public static Optional<Path> toPath(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
