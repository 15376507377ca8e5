package io.github.splora.backend;

import io.github.splora.error.BadInputException;
import io.github.splora.linalg.Vectors;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.KernelKind;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.tensor.loops.LoopKernel;
import io.github.splora.tensor.loops.PlainLoops;
import io.github.splora.tensor.loops.TileLoops;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The kernel that a run computes with, and its device.
 *
 * @param kernel walks over the weights
 * @param arithmetic the software that computed; ask after the walks, because they decide whether the engine is needed
 * @param device {@code cpu} or {@code gpu:N}
 */
public record Backend(Kernel kernel, Supplier<Arithmetic> arithmetic, String device) {

    /** Vectors regain their startup time from this many bytes on. */
    private static final long LEAST_BYTES_FOR_VECTORS = 3_000_000_000L;

    /**
     * The software that computes.
     *
     * @param name {@code Java}, {@code PyTorch}, or both
     * @param version its version, or both versions in the same order
     */
    public record Arithmetic(String name, String version) {}

    /**
     * Chooses a kernel. On a CPU, Java's loops compute everything they can; the engine, which takes a second to start, is
     * started only for what they cannot compute.
     *
     * @param bytes size of the weights, times the number of walks over them: vectors need a second of processor time until they are compiled
     * @param device {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}; not a GPU for {@link KernelKind#JAVA}
     * @throws BadInputException if the chosen GPU is not there
     * @throws java.io.UncheckedIOException if the engine is needed and its library does not load, with what to do
     */
    public static Backend start(long bytes, String device, KernelKind kernels) {
        return switch (kernels) {
            case AUTO ->
                fastest(bytes, device, () -> TensorEngine.mayFindGpu() && GpuProbe.mayFindGpu(), TensorEngine::start);
            case DJL -> engine(TensorEngine.start(device));
            case JAVA -> loops(bytes, TensorEngine::start);
        };
    }

    /** Width in bits of the vectors that Java's loops use for large models; 0 if they do not use any. */
    public static int vectorBits() {
        return Vectors.bits();
    }

    /**
     * Chooses a kernel for {@link KernelKind#AUTO}.
     *
     * @param mayFindGpu whether {@code auto} should start the engine to look for a GPU
     * @param starter starts the engine on a device
     */
    static Backend fastest(
            long bytes, String device, BooleanSupplier mayFindGpu, Function<String, TensorEngine> starter) {
        if (device.equals("cpu") || (device.equals("auto") && !mayFindGpu.getAsBoolean())) {
            return loops(bytes, starter);
        }
        TensorEngine engine = starter.apply(device);
        return engine.isGpu() ? engine(engine) : loops(bytes, starter);
    }

    private static Backend engine(TensorEngine engine) {
        return new Backend(engine.kernel(), () -> arithmetic(engine), engine.device());
    }

    private static Arithmetic arithmetic(TensorEngine engine) {
        return new Arithmetic(engine.name(), engine.version());
    }

    private static Backend loops(long bytes, Function<String, TensorEngine> starter) {
        Supplier<TileLoops> loops = (bytes < LEAST_BYTES_FOR_VECTORS
                        ? Optional.<Supplier<TileLoops>>empty()
                        : TileLoops.vectors())
                .orElse(PlainLoops::new);
        FallbackKernel kernel = new FallbackKernel(new LoopKernel(loops), () -> starter.apply("cpu"));
        Arithmetic java = new Arithmetic("Java", System.getProperty("java.version"));
        return new Backend(
                kernel,
                () -> kernel.engine()
                        .map(Backend::arithmetic)
                        .map(engine -> new Arithmetic(
                                java.name() + ", " + engine.name(), java.version() + ", " + engine.version()))
                        .orElse(java),
                "cpu");
    }
}
