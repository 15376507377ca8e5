package io.github.splora.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Parses the header of a file with the given number of tensors. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class HeaderBenchmark {

    @Param({"256", "4096"})
    public int tensors;

    private Path file;
    private FileChannel channel;

    @Setup
    public void write() throws IOException {
        StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        for (int i = 0; i < tensors; i++) {
            json.append(",\"base_model.model.model.layers.")
                    .append(i / 8)
                    .append(".self_attn.q_proj.lora_")
                    .append(i % 8)
                    .append(".weight\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[")
                    .append(8 * i)
                    .append(',')
                    .append(8 * i + 8)
                    .append("]}");
        }
        byte[] header = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        file = Files.createTempFile("splora-jmh", ".safetensors");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
            out.write(ByteBuffer.wrap(header));
            out.write(ByteBuffer.allocate(8 * tensors));
        }
        channel = FileChannel.open(file);
    }

    @TearDown
    public void delete() throws IOException {
        channel.close();
        Files.delete(file);
    }

    @Benchmark
    public SafetensorsHeader parse() throws IOException {
        return HeaderParser.parse(file, channel);
    }
}
