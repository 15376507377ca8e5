package io.github.splora.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
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

/** Builds a PEFT LoRA adapter, by default of rank 2 and alpha 4 (scaling 2). Values are seeded by tensor names. */
public final class TinyAdapter {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "base_model.model.";

    private final List<TinyTensor> tensors = new ArrayList<>();
    private final ObjectNode config = JSON.createObjectNode();
    private long seed;

    public TinyAdapter() {
        config.put("peft_type", "LORA").put("r", 2).put("lora_alpha", 4);
        config.putArray("target_modules").add("q_proj").add("v_proj");
    }

    /** Selects another set of random values. */
    public TinyAdapter seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /** Sets a config field to a value given as JSON. */
    public TinyAdapter config(String field, String json) {
        try {
            config.set(field, JSON.readTree(json));
            return this;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    public TinyAdapter withoutConfig(String field) {
        config.remove(field);
        return this;
    }

    /** Adds a module of the config's rank. */
    public TinyAdapter module(String name, long out, long in) {
        return module(name, out, in, config.get("r").intValue());
    }

    public TinyAdapter module(String name, long out, long in, long rank) {
        return random(PREFIX + name + ".lora_A.weight", rank, in).random(PREFIX + name + ".lora_B.weight", out, rank);
    }

    /**
     * Adds factors of the config's rank for a stack of experts; the path has one {@code .base_layer} per enclosing
     * wrapper.
     */
    public TinyAdapter experts(String path, long experts, long out, long in) {
        long ranks = config.get("r").intValue() * experts;
        return random(PREFIX + path + ".lora_A.weight", ranks, in).random(PREFIX + path + ".lora_B.weight", out, ranks);
    }

    /** Adds a tensor under its full name, with random values. */
    public TinyAdapter random(String name, long... shape) {
        return tensor(TinyTensor.random(name, seed, shape));
    }

    public TinyAdapter zeros(String name, DType dtype, long... shape) {
        return tensor(TinyTensor.zeros(name, dtype, shape));
    }

    public TinyAdapter tensor(TinyTensor tensor) {
        tensors.add(tensor);
        return this;
    }

    /** Writes the config and the weights. */
    public Path writeTo(Path folder) {
        writeConfigTo(folder);
        try {
            SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), tensors, Map.of());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes only the config. */
    public Path writeConfigTo(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.writeString(folder.resolve("adapter_config.json"), config.toPrettyString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
