package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.report.HashedFile;
import io.github.splora.report.RunReport.AdapterInput;
import io.github.splora.report.RunReport.CheckpointInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes inputs for reports: their commits and hashes. */
final class InputDescription {

    private InputDescription() {}

    /**
     * Describes a checkpoint. Reads a sample of every tensor, and the headers.
     *
     * @param given path or hub id, as the user named it
     * @param hashesAll whether to read and hash all of its files
     */
    static CheckpointInput of(String given, Checkpoint checkpoint, boolean hashesAll) {
        List<HashedFile> files = hashesAll
                ? Stream.concat(checkpoint.index().stream(), checkpoint.shards().stream())
                        .map(InputDescription::hashed)
                        .toList()
                : null;
        return new CheckpointInput(
                given,
                Fingerprint.of(checkpoint),
                commit(checkpoint.location()),
                Fingerprint.ofHeaders(checkpoint),
                files);
    }

    /** Describes an adapter. Reads all of its weights and its config. */
    static AdapterInput of(String given, Adapter adapter) {
        HashedFile weights = hashed(adapter.weights().path());
        HashedFile config = hashed(adapter.config().file());
        return new AdapterInput(
                given, weights.sha256(), config.sha256(), commit(adapter.location()), List.of(config, weights));
    }

    /**
     * Describes an adapter whose files are hashed already.
     *
     * @param hashes SHA-256 by file name
     */
    static AdapterInput of(String given, Adapter adapter, Map<String, String> hashes) {
        HashedFile weights = known(adapter.weights().path(), hashes);
        HashedFile config = known(adapter.config().file(), hashes);
        return new AdapterInput(
                given, weights.sha256(), config.sha256(), commit(adapter.location()), List.of(config, weights));
    }

    private static HashedFile known(Path file, Map<String, String> hashes) {
        String name = String.valueOf(file.getFileName());
        String hash = hashes.get(name);
        if (hash == null) {
            return hashed(file);
        }
        try {
            return new HashedFile(name, Files.size(file), hash);
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable String commit(Path location) {
        return HubCache.commitOf(location).orElse(null);
    }

    /** Hashes a file. */
    static HashedFile hashed(Path file) {
        return hashed(String.valueOf(file.getFileName()), file);
    }

    /** Hashes a file, and gives it a name. */
    static HashedFile hashed(String name, Path file) {
        try {
            return new HashedFile(name, Files.size(file), Fingerprint.sha256(file));
        } catch (IOException e) {
            throw new BadInputException(file, null, null, "cannot be read: " + e.getMessage(), e);
        }
    }
}
