package io.github.splora.surgery;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.DType;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSource;
import io.github.splora.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** An adapter of rank 2 on 4x4 layers, with random bytes, in its own folder. */
final class TinyAdapter {

    private record Noise(String name, DType dtype, List<Long> shape) implements TensorSource {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            byte[] bytes = new byte[(int) (shape.stream().reduce(1L, Math::multiplyExact) * dtype.bits() / 8)];
            new Random(name.hashCode()).nextBytes(bytes);
            out.write(ByteBuffer.wrap(bytes));
        }
    }

    private final Path folder;
    private final List<TensorSource> tensors = new ArrayList<>();
    private String config =
            "{\"r\": 2, \"lora_alpha\": 4, \"peft_type\": \"LORA\",\r\n\"target_modules\": [\"q\", \"k\"]}";

    TinyAdapter(Path folder, String... modules) {
        this.folder = folder;
        for (String module : modules) {
            and(module + ".lora_A.weight", DType.F32, 2, 4);
            and(module + ".lora_B.weight", DType.F32, 4, 2);
        }
    }

    TinyAdapter and(String tensor, DType dtype, long... shape) {
        tensors.add(new Noise(
                "base_model.model." + tensor,
                dtype,
                Arrays.stream(shape).boxed().toList()));
        return this;
    }

    /** @param fields further members of the config, with single quotes for double quotes */
    TinyAdapter with(String fields) {
        config = config.replace("}", ", " + fields.replace('\'', '"') + "}");
        return this;
    }

    /** Writes the adapter to disk and opens it. */
    Adapter open() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(AdapterConfig.FILE_NAME), config);
        SafetensorsWriter.write(folder.resolve(Adapter.WEIGHTS_FILE), tensors, Map.of("format", "pt", "who", "a test"));
        return Adapter.open(folder);
    }

    /** Returns every tensor in an adapter folder (dtype, shape and bytes) by its name without PEFT's prefix. */
    static Map<String, String> tensorsIn(Path folder) {
        Map<String, String> contents = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(Adapter.WEIGHTS_FILE))) {
            for (TensorInfo info : file.header().tensors().values()) {
                ByteBuffer data = Bytes.of(file, info);
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                contents.put(
                        info.name().replace("base_model.model.", ""),
                        info.dtype() + " " + info.shape() + " " + HexFormat.of().formatHex(bytes));
            }
        }
        return contents;
    }
}
