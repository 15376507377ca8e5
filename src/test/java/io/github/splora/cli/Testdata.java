package io.github.splora.cli;

import io.github.splora.format.TensorFiles;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import io.github.splora.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Three inputs that belong together. */
record Testdata(Path base, Path aligned, Path adapter) {

    private static final Path ROOT = Path.of("testdata");
    /** 24 modules in 6 blocks; the default rule prunes 6. */
    static final Testdata LLAMA = of(ROOT.resolve("tiny-llama"));
    /** 6 modules in 2 blocks, one of them not touched by alignment. */
    static final Testdata GPT2 = of(ROOT.resolve("tiny-gpt2"));
    /** 42 modules in 6 blocks, one of them with a zero delta; rank and alpha by pattern. */
    static final Testdata PATTERNS = LLAMA.withAdapter(ROOT.resolve("tiny-llama-patterns/adapter"));
    /** {@link #LLAMA} with the aligned model in three shards. */
    static final Testdata SHARDED = new Testdata(LLAMA.base, ROOT.resolve("tiny-llama-sharded/aligned"), LLAMA.adapter);

    /** {@link #GPT2} with the adapter and the aligned model as pickles. */
    static final Testdata PICKLED = new Testdata(
            GPT2.base, ROOT.resolve("tiny-gpt2-pickled/aligned"), ROOT.resolve("tiny-gpt2-pickled/adapter"));

    private static Testdata of(Path folder) {
        return new Testdata(folder.resolve("base"), folder.resolve("aligned"), folder.resolve("adapter"));
    }

    /** Returns the inputs that a row of a parameterized test names: {@code llama} or {@code patterns}. */
    static Testdata named(String name) {
        return switch (name) {
            case "llama" -> LLAMA;
            case "patterns" -> PATTERNS;
            default -> throw new IllegalArgumentException(name);
        };
    }

    static List<Testdata> all() {
        return List.of(LLAMA, GPT2, PATTERNS, SHARDED, PICKLED);
    }

    Testdata withAdapter(Path other) {
        return new Testdata(base, aligned, other);
    }

    /** Returns the same inputs with a copy of the adapter, which a test may change. */
    Testdata withAdapterCopiedTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(adapter)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        return withAdapter(folder);
    }

    /** Returns the same inputs with {@code old} in the adapter's config replaced. */
    Testdata withConfig(String old, String replacement) throws IOException {
        Path config = adapter.resolve("adapter_config.json");
        String text = Files.readString(config);
        if (!text.contains(old)) {
            throw new IllegalArgumentException(old);
        }
        Files.writeString(config, text.replace(old, replacement));
        return this;
    }

    Stream<String> args() {
        return Stream.of("--base", base.toString(), "--aligned", aligned.toString(), "--adapter", adapter.toString());
    }

    /** Returns a copy of every tensor's bytes in an adapter's folder, by tensor name. */
    static Map<String, ByteBuffer> tensorsIn(Path adapter) {
        boolean isPickle = Files.exists(adapter.resolve("adapter_model.bin"));
        return tensorsIn(adapter, isPickle ? "adapter_model.bin" : "adapter_model.safetensors");
    }

    static Map<String, ByteBuffer> tensorsIn(Path folder, String name) {
        Map<String, ByteBuffer> tensors = new TreeMap<>();
        try (TensorFile file = TensorFiles.open(folder.resolve(name))) {
            for (TensorInfo info : file.tensors().values()) {
                ByteBuffer data = Bytes.of(file, info);
                tensors.put(
                        info.name(),
                        ByteBuffer.allocate(data.remaining()).put(data).flip());
            }
        }
        return tensors;
    }
}
