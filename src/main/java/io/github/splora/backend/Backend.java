package io.github.splora.backend;

import io.github.splora.error.BadInputException;
import io.github.splora.linalg.Vectors;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.KernelKind;
import io.github.splora.tensor.djl.EngineParts;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.tensor.loops.LoopKernel;
import io.github.splora.tensor.loops.PlainLoops;
import io.github.splora.tensor.loops.TileLoops;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel that a run computes with, and its device.
 *
 * @param kernel walks over the weights
 * @param arithmetic the software that computes
 * @param device {@code cpu} or {@code gpu:N}
 */
public record Backend(Kernel kernel, Arithmetic arithmetic, String device) {

    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);
    private static final Pattern DEVICE = Pattern.compile("auto|cpu|gpu(:\\d{1,3})?");

    /** Vectors regain their startup time from this many bytes on. */
    private static final long LEAST_BYTES_FOR_VECTORS = Long.getLong("splora.vectors.from", 3_000_000_000L);

    /**
     * The software that computes.
     *
     * @param name {@code Java} or {@code PyTorch}
     * @param version its version
     */
    public record Arithmetic(String name, String version) {}

    /**
     * Chooses a kernel. On a CPU, Java's loops compute everything; the engine, which takes a second to start, is started only
     * for a GPU, or where it is asked for.
     *
     * @param bytes size of the weights, times the number of walks over them: vectors need a second of processor time until they are compiled
     * @param device {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}; not a GPU for {@link KernelKind#JAVA}
     * @throws BadInputException if the chosen GPU is not there
     * @throws java.io.UncheckedIOException if the engine is needed and not installed, or its library does not load, with what to do
     */
    public static Backend start(long bytes, String device, KernelKind kernels) {
        return switch (kernels) {
            case AUTO -> fastest(bytes, device, Backend::mayFindGpu, Backend::engineForGpu);
            case DJL -> {
                EngineParts.require("--kernel djl");
                yield engine(TensorEngine.start(device));
            }
            case JAVA -> loops(bytes);
        };
    }

    /** Whether {@code choice} is one of {@code auto}, {@code cpu}, {@code gpu}, {@code gpu:N}. */
    public static boolean isDeviceChoice(String choice) {
        return DEVICE.matcher(choice).matches();
    }

    /** Width in bits of the vectors that Java's loops use for large models; 0 if they do not use any. */
    public static int vectorBits() {
        return Vectors.bits();
    }

    private static boolean mayFindGpu() {
        if (!EngineParts.areInstalled()) {
            if (GpuProbe.hasDriver()) {
                LOG.info(
                        "computing on the CPU, because PyTorch is not installed; 'splora doctor' says how to use the GPU");
            }
            return false;
        }
        return TensorEngine.mayFindGpu() && GpuProbe.mayFindGpu();
    }

    private static TensorEngine engineForGpu(String device) {
        EngineParts.require("--device " + device);
        return TensorEngine.start(device);
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
            return loops(bytes);
        }
        TensorEngine engine = starter.apply(device);
        return engine.isGpu() ? engine(engine) : loops(bytes);
    }

    private static Backend engine(TensorEngine engine) {
        return new Backend(engine.kernel(), new Arithmetic(engine.name(), engine.version()), engine.device());
    }

    private static Backend loops(long bytes) {
        Supplier<TileLoops> loops = (bytes < LEAST_BYTES_FOR_VECTORS
                        ? Optional.<Supplier<TileLoops>>empty()
                        : TileLoops.vectors())
                .orElse(PlainLoops::new);
        return new Backend(new LoopKernel(loops), new Arithmetic("Java", System.getProperty("java.version")), "cpu");
    }
}
