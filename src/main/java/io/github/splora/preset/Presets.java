package io.github.splora.preset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The presets that ship with splora: the files of the folder {@code configs}, which the build copies to the class path. */
public final class Presets {

    private static final String FOLDER = "presets";
    private static final String EXTENSION = ".args";

    private Presets() {}

    /** Returns all presets, sorted by name. */
    public static List<Preset> all() {
        try {
            URI place = Presets.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            Path classes = Path.of(place);
            if (Files.isDirectory(classes)) {
                return inFolder(classes.resolve(FOLDER));
            }
            try (FileSystem jar = FileSystems.newFileSystem(classes)) {
                return inFolder(jar.getPath(FOLDER));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the preset of a name. */
    public static Optional<Preset> named(String name) {
        return all().stream().filter(preset -> preset.name().equals(name)).findFirst();
    }

    /** Returns the preset of an aligned model, by its hub id in any case. */
    public static Optional<Preset> ofAligned(String hubId) {
        return all().stream()
                .filter(preset -> preset.aligned().equalsIgnoreCase(hubId))
                .findFirst();
    }

    private static List<Preset> inFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(EXTENSION))
                    .map(Presets::read)
                    .sorted((left, right) -> left.name().compareTo(right.name()))
                    .toList();
        }
    }

    /** Reads a file of a title and one command-line option per line. */
    private static Preset read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            String fileName = file.getFileName().toString();
            return new Preset(
                    fileName.substring(0, fileName.length() - EXTENSION.length()),
                    lines.get(0).replaceFirst("^#\\s*", ""),
                    option(lines, "--base "),
                    option(lines, "--aligned "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String option(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElseThrow();
    }
}
