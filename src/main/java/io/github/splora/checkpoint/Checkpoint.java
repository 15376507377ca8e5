package io.github.splora.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.format.TensorFiles;
import io.github.splora.json.StrictJson;
import io.github.splora.storage.Scales;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights on disk, by name: one file of tensors, or shards with an index. A shard is opened when one of its
 * tensors is requested, and only its header is read; the data stays on disk until it is read.
 *
 * <p>Not thread-safe, but the tensors that {@link #tensor} returns are.
 */
public final class Checkpoint implements AutoCloseable {

    /** The files that may hold or index a folder's weights, in the order in which transformers looks for them. */
    private static final List<String> ENTRIES = List.of(
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    private static final String ADAPTER_CONFIG = "adapter_config.json";

    private final Path location;
    private final Map<String, Path> weightMap;
    private final Map<Path, TensorFile> open;
    private final @Nullable ObjectNode config;
    private final @Nullable String tower;

    private Checkpoint(
            Path location,
            Map<String, Path> weightMap,
            Map<Path, TensorFile> open,
            @Nullable ObjectNode config,
            @Nullable String tower) {
        this.location = location;
        this.weightMap = weightMap;
        this.open = open;
        this.config = config;
        this.tower = tower;
    }

    /**
     * Opens a checkpoint.
     *
     * @param location a folder with {@code model.safetensors}, {@code pytorch_model.bin} or an index of either, one of
     *     these files, or any other single file of tensors
     * @throws BadInputException if there is no checkpoint, or one of its files is malformed
     */
    public static Checkpoint open(Path location) {
        Path entry = Files.isDirectory(location) ? entryOf(location) : location;
        return isIndex(entry) ? sharded(location, entry) : single(location, entry);
    }

    /**
     * Opens a checkpoint to compute with its values.
     *
     * @throws BadInputException as in {@link #open}, or if the checkpoint is an unmerged PEFT model
     */
    public static Checkpoint openModel(Path location) {
        Checkpoint checkpoint = open(location);
        try {
            UnmergedModel.refuse(checkpoint);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
        return checkpoint;
    }

    /**
     * Opens a merged fine-tune to compute with its values.
     *
     * @throws BadInputException as in {@link #openModel}, or if an adapter lies beside the weights: transformers would load
     *     that adapter and the model that it names, and ignore the weights; or if
     *     two shards hold a tensor of the same name
     */
    public static Checkpoint openMerged(Path location) {
        Path folder = Files.isDirectory(location)
                ? location
                : location.toAbsolutePath().getParent();
        if (folder != null && Files.exists(folder.resolve(ADAPTER_CONFIG))) {
            throw new BadInputException(
                    location,
                    null,
                    null,
                    "there is an " + ADAPTER_CONFIG + " beside the weights, so transformers would load that adapter and"
                            + " the model that it names, and ignore these weights; remove the adapter's files, or score"
                            + " the adapter with --adapter");
        }
        Checkpoint checkpoint = openModel(location);
        try {
            return checkpoint.withAllTensors();
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /** Whether {@code folder} holds the files of a checkpoint (rather than, say, an adapter). */
    public static boolean isIn(Path folder) {
        return ENTRIES.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
    }

    /** Returns the path that the user named. */
    public Path location() {
        return location;
    }

    /** Returns the names of all tensors, sorted. */
    public Set<String> tensorNames() {
        return new TreeSet<>(weightMap.keySet());
    }

    /** Returns the files that hold the tensors, sorted by name. */
    public Set<Path> shards() {
        return new TreeSet<>(weightMap.values());
    }

    /** Returns the file that says which shard holds which tensor; empty for a checkpoint in one file. */
    public Optional<Path> index() {
        return Optional.of(Files.isDirectory(location) ? entryOf(location) : location)
                .filter(Checkpoint::isIndex);
    }

    /** Returns the {@code config.json} next to the weights, if there is one. */
    public Optional<ObjectNode> config() {
        return Optional.ofNullable(config);
    }

    /**
     * Returns this checkpoint with a tower that is taken where a name fits several. Closing one closes both.
     *
     * @param name part of the tower's tensor names; empty for none
     */
    public Checkpoint choosing(Optional<String> name) {
        return new Checkpoint(location, weightMap, open, config, name.orElse(null));
    }

    /** Returns the part of tensor names that decides where a name fits several towers, if one was chosen. */
    public Optional<String> tower() {
        return Optional.ofNullable(tower);
    }

    public boolean contains(String tensorName) {
        return weightMap.containsKey(tensorName);
    }

    /**
     * Returns the tensor of that name, opening its shard if necessary.
     *
     * @throws BadInputException if there is no such tensor, or its shard is malformed or does not contain it
     */
    public StoredTensor tensor(String name) {
        Path path = weightMap.get(name);
        if (path == null) {
            throw new BadInputException(location, "tensor '" + name + "'", null, "not in this checkpoint");
        }
        TensorFile shard = shard(path);
        return new StoredTensor(shard, shard.tensor(name));
    }

    /**
     * Returns the scales by which the stored values of a weight must be multiplied.
     *
     * @throws BadInputException if the weight is stored in 8 bits and its scales are missing or do not fit
     */
    public Scales scalesOf(StoredTensor weight) {
        return EightBitWeights.scales(this, weight);
    }

    /** Returns the open shard at {@code path}. */
    public TensorFile shard(Path path) {
        return open.computeIfAbsent(path, TensorFiles::open);
    }

    @Override
    public void close() {
        open.values().forEach(TensorFile::close);
        open.clear();
    }

    private static Checkpoint sharded(Path location, Path index) {
        return new Checkpoint(location, ShardIndex.read(index).weightMap(), new HashMap<>(), configBeside(index), null);
    }

    /**
     * Returns this checkpoint with the tensors that its shards hold besides those that the index assigns to them. Transformers loads
     * every tensor of every shard that an index names, and of two with one name, the last.
     *
     * @throws BadInputException if a shard holds a tensor that the index assigns to another
     */
    private Checkpoint withAllTensors() {
        Map<String, Path> all = new LinkedHashMap<>(weightMap);
        for (Path path : shards()) {
            for (String tensor : shard(path).tensors().keySet()) {
                Path elsewhere = all.putIfAbsent(tensor, path);
                if (elsewhere != null && !elsewhere.equals(path)) {
                    throw new BadInputException(
                            path,
                            TensorInfo.label(tensor),
                            null,
                            elsewhere.getFileName()
                                    + " also holds a tensor of this name, and programs differ in which of the two"
                                    + " they load; save the model again");
                }
            }
        }
        return new Checkpoint(location, all, open, config, tower);
    }

    private static Checkpoint single(Path location, Path entry) {
        TensorFile file = TensorFiles.open(entry);
        Map<String, Path> weightMap = new LinkedHashMap<>();
        file.tensors().keySet().forEach(name -> weightMap.put(name, entry));
        return new Checkpoint(location, weightMap, new HashMap<>(Map.of(entry, file)), configBeside(entry), null);
    }

    private static @Nullable ObjectNode configBeside(Path entry) {
        Path config = entry.resolveSibling("config.json");
        return Files.isRegularFile(config) ? StrictJson.readConfig(config) : null;
    }

    private static boolean isIndex(Path entry) {
        return entry.getFileName() != null && entry.getFileName().toString().endsWith(".json");
    }

    private static Path entryOf(Path folder) {
        return ENTRIES.stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> {
                    if (Files.exists(folder.resolve(ADAPTER_CONFIG))) {
                        return new BadInputException(folder, null, null, "this is an adapter; name a full checkpoint");
                    }
                    return new BadInputException(
                            folder,
                            null,
                            null,
                            "no checkpoint here: neither " + ENTRIES.get(0) + " nor " + ENTRIES.get(2)
                                    + " nor an index of either; name the folder or the file that holds the weights");
                });
    }
}
