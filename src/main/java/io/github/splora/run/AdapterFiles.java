package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of an adapter of a fleet, before it is opened.
 *
 * @param hashes SHA-256 by name, as far as they can be read
 * @param states their states when they were hashed
 */
record AdapterFiles(Map<String, String> hashes, FileStates states) {

    private static final List<String> NAMES =
            List.of(AdapterConfig.FILE_NAME, Adapter.WEIGHTS_FILE, Adapter.PICKLE_FILE);

    /** Hashes an adapter's files. Opening the adapter says what is wrong with those that are missing here. */
    static AdapterFiles of(String given, HubCache hub, String revision) {
        Map<String, String> hashes = new TreeMap<>();
        try {
            Path place = hub.resolve(given, revision);
            boolean isFolder = Files.isDirectory(place);
            Path folder = isFolder ? place : place.toAbsolutePath().getParent();
            // A weights file that the user names may have another name than PEFT's.
            List<Path> files = Stream.concat(
                            NAMES.stream().map(Objects.requireNonNull(folder)::resolve),
                            Stream.of(place.toAbsolutePath()).filter(file -> !isFolder))
                    .distinct()
                    .filter(Files::isRegularFile)
                    .toList();
            FileStates states = new FileStates(files);
            for (Path file : files) {
                hashes.put(String.valueOf(file.getFileName()), Fingerprint.sha256(file));
            }
            return new AdapterFiles(hashes, states);
        } catch (BadInputException e) {
            return new AdapterFiles(hashes, new FileStates(List.of()));
        }
    }
}
