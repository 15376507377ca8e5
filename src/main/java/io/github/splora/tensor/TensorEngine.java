package io.github.splora.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Utils;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    // Before the first touch of Engine: its initialiser would call home, and its loader download natives.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    // Modules run in parallel; a second pool below them would only fight for the same cores.
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Engine engine = load();
    return new TensorEngine(engine, device(choice, engine));
  }

  private static Engine load() {
    Path cache = Utils.getEngineCacheDir("pytorch");
    if (Files.notExists(cache)) {
      LOG.info("unpacking PyTorch's library to {} (once, some 430 MB)", cache);
    }
    try {
      return Engine.getEngine("PyTorch");
    } catch (LinkageError | EngineException e) {
      throw new UncheckedIOException(new IOException(
          "PyTorch's library in " + cache + " does not load; delete that folder and run again (" + e + ")", e));
    }
  }

  /** What walks over weights on this device. */
  public Kernel kernel() {
    return isGpu() ? new TorchScriptKernel(this) : new DjlKernel(this);
  }

  boolean isGpu() {
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

  private static Device device(String choice, Engine engine) {
    // The count alone is of cards in the machine, which a CPU build of libtorch cannot use.
    int gpus = engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    if (choice.equals("cpu") || choice.equals("auto") && gpus == 0) {
      return Device.cpu();
    }
    int number = choice.startsWith("gpu:") ? Integer.parseInt(choice.substring("gpu:".length())) : 0;
    if (number >= gpus) {
      throw new BadInputException(List.of(new Problem("--device", null, choice,
          "the engine can use " + gpus + " GPUs; use --device cpu or auto")));
    }
    return Device.gpu(number);
  }
}
