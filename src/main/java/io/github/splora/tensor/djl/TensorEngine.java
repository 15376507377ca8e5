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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DJL's PyTorch engine on one device: the only way to an {@link NDManager} in this program. */
public final class TensorEngine {

    private static final Logger LOG = LoggerFactory.getLogger(TensorEngine.class);
    private static final Pattern DEVICE = Pattern.compile("auto|cpu|gpu(:\\d{1,3})?");

    private final Engine engine;
    private final Device device;

    private TensorEngine(Engine engine, Device device) {
        this.engine = engine;
        this.device = device;
    }

    /** Whether {@code choice} is one of {@code auto}, {@code cpu}, {@code gpu}, {@code gpu:N}. */
    public static boolean isDeviceChoice(String choice) {
        return DEVICE.matcher(choice).matches();
    }

    /**
     * Loads the native library (the first time ever, that unpacks it to DJL's cache) and picks a device.
     *
     * @param choice {@code auto} takes a GPU where the engine finds one
     * @throws BadInputException if the chosen GPU is not there
     * @throws UncheckedIOException if the library does not load, with what to do
     */
    public static TensorEngine start(String choice) {
        Engine engine = startEngine(false);
        int gpu = EngineGpus.of(engine).pick(choice);
        return new TensorEngine(engine, gpu < 0 ? Device.cpu() : Device.gpu(gpu));
    }

    /** Whether its library is one that could use a GPU, which is known without loading it. */
    public static boolean mayFindGpu() {
        return EngineSettings.ofProcess().get("PYTORCH_LIBRARY_PATH").isPresent()
                || !bundledFlavor().equals("cpu");
    }

    /**
     * Starts it and tells what came of it.
     *
     * @param isDownloadAllowed whether the engine may fetch a library that is not there, once, from its makers' server
     * @throws BadInputException if the library that {@code PYTORCH_LIBRARY_PATH} names cannot be used
     * @throws UncheckedIOException if the library does not load, with what to do
     */
    public static EngineState state(boolean isDownloadAllowed) {
        Engine engine = startEngine(isDownloadAllowed);
        try (NDManager scope = engine.newBaseManager(Device.cpu())) {
            if (scope.create(new double[] {1, 2}).sum().getDouble() != 3) {
                throw new IllegalStateException("PyTorch's library adds 1 and 2 to something else than 3");
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

    /** What the library that splora brings is built for: {@code cpu}, {@code cu128}; {@code none} if it brings none. */
    public static String bundledFlavor() {
        try {
            return UnpackedLibrary.flavor(TensorEngine.class.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the engine unpacks its library to. */
    public static Path cache() {
        return Utils.getEngineCacheDir("pytorch");
    }

    private static Engine startEngine(boolean isDownloadAllowed) {
        // Before the first touch of Engine: its initialiser would call home, and its loader download natives.
        System.setProperty("ai.djl.offline", String.valueOf(!isDownloadAllowed));
        System.setProperty("OPT_OUT_TRACKING", "true");
        // Modules run in parallel; a second pool below them would only fight for the same cores.
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        Optional<Path> foreign = ForeignLibtorch.prepare(EngineSettings.ofProcess());
        if (foreign.isEmpty() && bundledFlavor().equals("none")) {
            // What 'doctor --install-cuda' has fetched, or is to fetch; the engine would look for what it sees a GPU
            // for.
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
            LOG.info("unpacking PyTorch's library to {} (once, some 430 MB)", cache);
        }
        try {
            return Engine.getEngine("PyTorch");
        } catch (LinkageError | EngineException e) {
            throw new UncheckedIOException(new IOException(advice(foreign) + " (" + e + ")", e));
        }
    }

    private static String advice(Optional<Path> foreign) {
        if (foreign.isPresent()) {
            return "PyTorch's library in " + foreign.get() + ", which PYTORCH_LIBRARY_PATH names, does not load";
        }
        return bundledFlavor().equals("none")
                ? "this build of splora brings no library of PyTorch's, and none was fetched; 'splora doctor' says what to do"
                : doesNotLoad();
    }

    private static String doesNotLoad() {
        return "PyTorch's library in " + cache() + " does not load; delete that folder and run again";
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

    /** What walks over weights on this device. */
    public Kernel kernel() {
        return isGpu() ? new TorchScriptKernel(this) : new DjlKernel(this);
    }

    public boolean isGpu() {
        return device.isGpu();
    }

    /** The device, as libtorch calls it. */
    String torchDevice() {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }

    /** A scope of its own: closing it frees every array made in it. Any thread may ask for one. */
    NDManager newScope() {
        return engine.newBaseManager(device);
    }

    public String name() {
        return engine.getEngineName();
    }

    /** The version of libtorch. */
    public String version() {
        return engine.getVersion();
    }

    /** {@code cpu} or {@code gpu:N}. */
    public String device() {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }
}
