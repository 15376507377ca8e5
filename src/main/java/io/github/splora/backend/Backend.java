package io.github.splora.backend;

import io.github.splora.error.BadInputException;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.KernelKind;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.tensor.loops.LoopKernel;
import io.github.splora.tensor.loops.PlainLoops;
import io.github.splora.tensor.loops.TileLoops;
import io.github.splora.tensor.loops.Vectors;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a run computes with.
 *
 * @param kernel walks over the weights
 * @param arithmetic whose it is: to be asked after the walks, since it may depend on them
 * @param device {@code cpu} or {@code gpu:N}
 */
public record Backend(Kernel kernel, Supplier<Arithmetic> arithmetic, String device) {

    /** From here on they win back their start with the default reference; with one that walks twice, earlier. */
    private static final long LEAST_BYTES_FOR_VECTORS = 3_000_000_000L;

    /**
     * Who computes.
     *
     * @param name {@code Java}, {@code PyTorch}, or both
     * @param version of that
     */
    public record Arithmetic(String name, String version) {}

    /**
     * Starts it. On a CPU, Java's loops do without the engine, which takes a second to start, for as long as they can.
     *
     * @param bytes that will be walked over: vectors take a second of the processor's time until they are compiled
     * @param device {@code auto}, {@code cpu}, {@code gpu}, {@code gpu:N}; no GPU for {@link KernelKind#JAVA}
     * @throws BadInputException if the chosen GPU is not there
     * @throws java.io.UncheckedIOException if the engine's library does not load, with what to do
     */
    public static Backend start(long bytes, String device, KernelKind kernels) {
        return switch (kernels) {
            case AUTO -> fastest(bytes, device);
            case DJL -> engine(TensorEngine.start(device));
            case JAVA -> loops(bytes);
        };
    }

    /** Of the vectors that Java's loops take for large models; 0 if they do without. */
    public static int vectorBits() {
        return Vectors.bits();
    }

    private static Backend fastest(long bytes, String device) {
        if (device.equals("cpu") || device.equals("auto") && !TensorEngine.mayFindGpu()) {
            return loops(bytes);
        }
        TensorEngine engine = TensorEngine.start(device);
        return engine.isGpu() ? engine(engine) : loops(bytes);
    }

    private static Backend engine(TensorEngine engine) {
        return new Backend(engine.kernel(), () -> arithmetic(engine), engine.device());
    }

    private static Arithmetic arithmetic(TensorEngine engine) {
        return new Arithmetic(engine.name(), engine.version());
    }

    private static Backend loops(long bytes) {
        Supplier<TileLoops> loops = (bytes < LEAST_BYTES_FOR_VECTORS
                        ? Optional.<Supplier<TileLoops>>empty()
                        : Vectors.find())
                .orElse(PlainLoops::new);
        FallbackKernel kernel = new FallbackKernel(new LoopKernel(loops), () -> TensorEngine.start("cpu"));
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
