package io.github.splora.inspect;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.FileNames;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the models that adapters' configs name on this machine, as folders, seen from the adapter's, or in the hub's cache, and
 * compares their weights with those of the models that the adapters are compared with. Each is compared only once.
 */
public final class RecordedModels {

    private final Optional<Checkpoint> base;
    private final Checkpoint aligned;
    private final HubCache hub;
    private final Map<Path, Optional<RecordedModel>> known = new ConcurrentHashMap<>();

    /**
     * Creates an instance that has not looked for any model yet.
     *
     * @param base the model before alignment, if it is known
     * @param hub where models that are named by their hub ids are looked up
     */
    public RecordedModels(Optional<Checkpoint> base, Checkpoint aligned, HubCache hub) {
        this.base = base;
        this.aligned = aligned;
        this.hub = hub;
    }

    Optional<Checkpoint> base() {
        return base;
    }

    Checkpoint aligned() {
        return aligned;
    }

    /** Returns the model of that name; empty if it is not there, or cannot be read. */
    Optional<RecordedModel> find(String recorded, Path adapterFolder) {
        return locate(recorded, adapterFolder)
                .flatMap(location ->
                        known.computeIfAbsent(location.toAbsolutePath().normalize(), this::compared));
    }

    private Optional<RecordedModel> compared(Path location) {
        try (Checkpoint checkpoint = Checkpoint.open(location)) {
            return Optional.of(new RecordedModel(
                    location,
                    compared(location, checkpoint, aligned),
                    base.isPresent() ? compared(location, checkpoint, base.get()) : WeightIdentity.UNKNOWN));
        } catch (BadInputException e) {
            return Optional.empty();
        }
    }

    private static WeightIdentity compared(Path location, Checkpoint checkpoint, Checkpoint other) {
        try {
            return Files.isSameFile(location, other.location())
                    ? WeightIdentity.SAME
                    : WeightIdentity.of(checkpoint, other);
        } catch (IOException e) {
            return WeightIdentity.UNKNOWN;
        }
    }

    private Optional<Path> locate(String recorded, Path adapterFolder) {
        Optional<Path> folder = FileNames.toPath(recorded)
                .map(path -> FileNames.resolved(adapterFolder, path))
                .filter(Files::isDirectory)
                .filter(Checkpoint::isIn);
        return folder.or(
                () -> HubCache.isId(recorded) ? hub.cached(recorded).filter(Checkpoint::isIn) : Optional.empty());
    }
}
