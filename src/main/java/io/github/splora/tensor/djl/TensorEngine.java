package io.github.splora.tensor.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Utils;
import io.github.splora.error.BadInputException;
import io.github.splora.tensor.Kernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DJL's PyTorch engine on one device. It is the only source of {@link NDManager}s in this program. */
public final class TensorEngine {

    private static final Logger LOG = LoggerFactory.getLogger(TensorEngine.class);

    private final Engine engine;
    private final Device device;

    private TensorEngine(Engine engine, Device device) {
        this.engine = engine;
        this.device = device;
    }

    /**
     * Loads the native library, which the first run unpacks to DJL's cache, and picks a device.
     *
     * @param choice {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}; {@code auto} uses a GPU if the engine
     *     finds one
     * @throws BadInputException if the chosen GPU does not exist
     * @throws UncheckedIOException if the library cannot be loaded; its message says what to do
     */
    public static TensorEngine start(String choice) {
        Engine engine = startEngine(false);
        int gpu = EngineGpus.of(engine).pick(choice);
        return new TensorEngine(engine, gpu < 0 ? Device.cpu() : Device.gpu(gpu));
    }

    /** Whether the engine's library could use a GPU. Does not load the library. */
    public static boolean mayFindGpu() {
        return EngineSettings.ofProcess().get("PYTORCH_LIBRARY_PATH").isPresent()
                || !bundledFlavor().equals("cpu");
    }

    /**
     * Starts the engine and describes it.
     *
     * @param isDownloadAllowed whether the engine may download a missing library, once, from DJL's server
     * @throws BadInputException if the library that {@code PYTORCH_LIBRARY_PATH} names cannot be used
     * @throws UncheckedIOException if the library cannot be loaded; its message says what to do
     */
    public static EngineState state(boolean isDownloadAllowed) {
        Engine engine = startEngine(isDownloadAllowed);
        try (NDManager scope = engine.newBaseManager(Device.cpu())) {
            if (scope.create(new double[] {1, 2}).sum().getDouble() != 3) {
                throw new IllegalStateException("the PyTorch library computes 1 + 2 incorrectly");
            }
        }
        return new EngineState(
                engine.getEngineName(),
                engine.getVersion(),
                LibUtils.getLibtorchPath(),
                EngineSettings.ofProcess().get("PYTORCH_LIBRARY_PATH").isPresent(),
                engine.hasCapability(StandardCapabilities.CUDA),
                EngineGpus.of(engine).all());
    }

    /**
     * Returns the flavor of the bundled library, such as {@code cpu} or {@code cu128}; {@code none} if there is none.
     */
    public static String bundledFlavor() {
        try {
            return UnpackedLibrary.flavor(TensorEngine.class.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the folder that the engine unpacks its library to. */
    public static Path cache() {
        return Utils.getEngineCacheDir("pytorch");
    }

    private static Engine startEngine(boolean isDownloadAllowed) {
        // Must precede the first use of Engine: its initializer would send telemetry and its loader would download
        // natives.
        System.setProperty("ai.djl.offline", String.valueOf(!isDownloadAllowed));
        System.setProperty("OPT_OUT_TRACKING", "true");
        // Modules run in parallel; a second thread pool would only compete for the same cores.
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        Optional<Path> foreign = ForeignLibtorch.prepare(EngineSettings.ofProcess());
        if (foreign.isEmpty() && bundledFlavor().equals("none")) {
            // The flavor that 'doctor --install-cuda' downloads; the engine would otherwise choose one by the GPU it
            // sees.
            EngineSettings.ofProcess().setDefault("PYTORCH_FLAVOR", ForeignLibtorch.CUDA_FLAVOR);
        }
        return load(foreign);
    }

    private static Engine load(Optional<Path> foreign) {
        Path cache = cache();
        if (foreign.isEmpty()) {
            refuseDamaged(cache);
        }
        if (foreign.isEmpty() && Files.notExists(cache) && !bundledFlavor().equals("none")) {
            LOG.info("unpacking the PyTorch library to {} (first run only, about 430 MB)", cache);
        }
        try {
            return Engine.getEngine("PyTorch");
        } catch (LinkageError | EngineException e) {
            throw new UncheckedIOException(new IOException(advice(foreign) + " (" + e + ")", e));
        }
    }

    private static String advice(Optional<Path> foreign) {
        if (foreign.isPresent()) {
            return "cannot load the PyTorch library in " + foreign.get() + ", which PYTORCH_LIBRARY_PATH names";
        }
        return bundledFlavor().equals("none")
                ? "this build of splora does not include the PyTorch library, and none has been downloaded; run 'splora"
                        + " doctor' for the steps"
                : doesNotLoad();
    }

    private static String doesNotLoad() {
        return "cannot load the PyTorch library in " + cache() + "; delete that folder and run again";
    }

    private static void refuseDamaged(Path cache) {
        try {
            Optional<String> problem = UnpackedLibrary.problem(cache, TensorEngine.class.getClassLoader());
            if (problem.isPresent()) {
                throw new IOException(doesNotLoad() + " (" + problem.get() + ")");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the kernel for this device. */
    public Kernel kernel() {
        return isGpu() ? new TorchScriptKernel(this) : new DjlKernel(this);
    }

    public boolean isGpu() {
        return device.isGpu();
    }

    /** Returns libtorch's name for the device. */
    String torchDevice() {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }

    /** Creates an independent scope; closing it frees every array created in it. Can be called on any thread. */
    NDManager newScope() {
        return engine.newBaseManager(device);
    }

    public String name() {
        return engine.getEngineName();
    }

    /** Returns the version of libtorch. */
    public String version() {
        return engine.getVersion();
    }

    /** Returns the device: {@code cpu} or {@code gpu:N}. */
    public String device() {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }
}
