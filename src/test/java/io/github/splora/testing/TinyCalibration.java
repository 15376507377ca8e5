package io.github.splora.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.splora.adapter.Adapter;
import io.github.splora.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Builds a calibration file. Values are seeded by tensor names. */
public final class TinyCalibration {

    private final Map<String, String> layers = new TreeMap<>();
    private final List<TinyTensor> tensors = new ArrayList<>();
    private final Map<String, String> metadata = new HashMap<>(Map.of("splora_calibration", "1"));

    /** Creates a calibration of an adapter's modules, but for those whose name contains some text. */
    public static TinyCalibration of(Path adapter, String... without) {
        TinyCalibration calibration = new TinyCalibration();
        try (Adapter opened = Adapter.open(adapter)) {
            opened.modules().stream()
                    .filter(module -> Stream.of(without).noneMatch(module.name()::contains))
                    .forEach(module -> calibration.layer(module.name(), 40, 40, module.inFeatures()));
        }
        return calibration;
    }

    /** Adds a layer with factors of its own. */
    public TinyCalibration layer(String name, long task, long requests, long in) {
        return sharing(name, name)
                .tensor(TinyTensor.random(name + ".task", 1, task, in))
                .tensor(TinyTensor.random(name + ".requests", 1, requests, in));
    }

    /** Adds a layer whose factors are under another name. */
    public TinyCalibration sharing(String name, String stored) {
        layers.put(name, stored);
        return this;
    }

    public TinyCalibration tensor(TinyTensor tensor) {
        tensors.add(tensor);
        return this;
    }

    /** Sets a field of the metadata, also that which lists the layers; null removes it. */
    public TinyCalibration metadata(String field, String value) {
        metadata.put(field, value);
        return this;
    }

    public Path write(Path file) throws IOException {
        metadata.putIfAbsent("layers", new ObjectMapper().writeValueAsString(layers));
        metadata.values().removeIf(value -> value == null || value.isEmpty());
        SafetensorsWriter.write(file, tensors, metadata);
        return file;
    }
}
