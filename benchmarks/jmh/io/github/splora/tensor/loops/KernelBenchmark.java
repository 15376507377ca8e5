package io.github.splora.tensor.loops;

import io.github.splora.format.TensorFiles;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorSource;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import io.github.splora.tensor.djl.TensorEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

/** One pass over a pair of 4096 × 4096 weights (67 MB) in the page cache, in one thread, for each kernel. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:+EnableVectorSupport",
            "-Dsplora.vectors=true",
            "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED"
        })
public class KernelBenchmark {

    private static final int SIZE = 4096;
    private static final int RANK = 16;
    private static final int ROWS_AT_A_TIME = 256;

    /** The implementations to compare, and how to create each. */
    public enum Way {
        ENGINE(() -> TensorEngine.start("cpu").kernel()),
        PLAIN_LOOPS(() -> new LoopKernel(PlainLoops::new)),
        VECTOR_LOOPS(() -> new LoopKernel(TileLoops.vectors().orElseThrow()));

        private final Supplier<Kernel> starter;

        Way(Supplier<Kernel> starter) {
            this.starter = starter;
        }
    }

    @Param
    public Way way;

    @Param({"BF16", "F16"})
    public DType type;

    private Path folder;
    private Kernel kernel;
    private Weights weights;
    private Matrix a;
    private Matrix b;

    /** Random bytes with a small exponent, which gives numbers of realistic magnitudes. */
    private record Noise(String name, DType dtype, long seed) implements TensorSource {
        @Override
        public List<Long> shape() {
            return List.of((long) SIZE, (long) SIZE);
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            SplittableRandom random = new SplittableRandom(seed);
            // Writes many rows at a time, as downloads do: the page cache then keeps the file in fewer, larger pieces.
            byte[] bytes = new byte[ROWS_AT_A_TIME * 2 * SIZE];
            for (int row = 0; row < SIZE; row += ROWS_AT_A_TIME) {
                random.nextBytes(bytes);
                for (int i = 1; i < bytes.length; i += 2) {
                    bytes[i] = (byte) (bytes[i] & 0x80 | 0x3C);
                }
                out.write(ByteBuffer.wrap(bytes));
            }
        }
    }

    @Setup
    public void open() throws IOException {
        folder = Files.createTempDirectory("splora-jmh");
        kernel = way.starter.get();
        weights = new Weights(matrix("base", 1), matrix("aligned", 2), false);
        a = Matrix.random(RANK, SIZE, 3);
        b = Matrix.random(SIZE, RANK, 4);
    }

    private StoredMatrix matrix(String name, long seed) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        SafetensorsWriter.write(file, List.of(new Noise(name, type, seed)), Map.of());
        TensorFile opened = TensorFiles.open(file);
        return StoredMatrix.of(new StoredTensor(opened, opened.tensors().get(name)));
    }

    @TearDown
    public void delete() throws IOException {
        for (String name : List.of("base", "aligned")) {
            Files.delete(folder.resolve(name + ".safetensors"));
        }
        Files.delete(folder);
    }

    /** What the reference {@code alignment} computes for a layer. */
    @Benchmark
    public double innerProducts() {
        Pass pass = new Pass();
        Slot<Double> inner = pass.inner(Operand.ALIGNMENT_DELTA, b, a);
        Slot<Double> squared = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
        kernel.run(pass, weights);
        return inner.get() + squared.get();
    }

    /** The first pass of {@code safelora}. */
    @Benchmark
    public Matrix transposeTimes() {
        Pass pass = new Pass();
        Slot<Matrix> product = pass.transposeTimes(Operand.ALIGNMENT_DELTA, b);
        kernel.run(pass, weights);
        return product.get();
    }

    /** The second pass of {@code safelora}. */
    @Benchmark
    public Matrix times() {
        Pass pass = new Pass();
        Slot<Matrix> product = pass.times(Operand.ALIGNMENT_DELTA, a.transpose());
        kernel.run(pass, weights);
        return product.get();
    }
}
