package io.github.splora.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds NVIDIA graphics cards in Linux's list of PCI devices, without a driver. */
public final class NvidiaCards {

    private static final String NVIDIA = "0x10de";
    /** Display controllers, with or without a screen. */
    private static final String DISPLAY = "0x03";

    private NvidiaCards() {}

    /**
     * Returns the PCI addresses of the cards, in order; none where the system has no such list.
     *
     * @param root root of the system's files
     * @throws IOException if the list changes or cannot be read
     */
    public static List<String> addresses(Path root) throws IOException {
        Path devices = root.resolve("sys/bus/pci/devices");
        if (!Files.isDirectory(devices)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(devices)) {
            return all.filter(device -> read(device.resolve("vendor")).equals(NVIDIA)
                            && read(device.resolve("class")).startsWith(DISPLAY))
                    .map(device -> device.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
