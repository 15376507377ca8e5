package io.github.splora.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds a checkpoint: one safetensors file, or two shards with an index. Values are seeded by tensor names. */
public final class TinyCheckpoint {

    private final List<TinyTensor> tensors = new ArrayList<>();
    private String config;
    private long seed;

    /** Selects another set of random values. */
    public TinyCheckpoint seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /** Sets the text of {@code config.json}; without it there is no such file. */
    public TinyCheckpoint config(String json) {
        config = json;
        return this;
    }

    /** Adds a tensor with random values. */
    public TinyCheckpoint random(String name, long... shape) {
        return tensor(TinyTensor.random(name, seed, shape));
    }

    public TinyCheckpoint zeros(String name, DType dtype, long... shape) {
        return tensor(TinyTensor.zeros(name, dtype, shape));
    }

    public TinyCheckpoint tensor(TinyTensor tensor) {
        tensors.add(tensor);
        return this;
    }

    /** Writes everything to {@code model.safetensors}. */
    public Path writeTo(Path folder) {
        write(folder, "model.safetensors", tensors);
        return folder;
    }

    /** Writes the tensors alternately to two shards, with an index. */
    public Path writeShardedTo(Path folder) {
        ObjectNode index = new ObjectMapper().createObjectNode();
        List<String> names = List.of("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
        List<List<TinyTensor>> shards = List.of(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < tensors.size(); i++) {
            shards.get(i % 2).add(tensors.get(i));
            index.withObject("/weight_map").put(tensors.get(i).name(), names.get(i % 2));
        }
        write(folder, names.get(0), shards.get(0));
        write(folder, names.get(1), shards.get(1));
        try {
            Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Path folder, String name, List<TinyTensor> content) {
        try {
            Files.createDirectories(folder);
            SafetensorsWriter.write(folder.resolve(name), content, Map.of());
            if (config != null) {
                Files.writeString(folder.resolve("config.json"), config);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
