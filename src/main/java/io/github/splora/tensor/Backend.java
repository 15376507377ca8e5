package io.github.splora.tensor;

import io.github.splora.error.BadInputException;
import io.github.splora.pairing.Weights;
import java.util.function.Supplier;

/**
 * What a run computes with.
 *
 * @param kernel walks over the weights
 * @param name whose arithmetic it is: {@code Java} or {@code PyTorch}
 * @param version of that
 * @param device {@code cpu} or {@code gpu:N}
 */
public record Backend(Kernel kernel, String name, String version, String device) {

  /**
   * Starts it. Java's loops do without the engine, which takes a second to start.
   *
   * @param device {@code auto}, {@code cpu}, {@code gpu}, {@code gpu:N}; no GPU for {@link Kernels#JAVA}
   * @throws BadInputException if the chosen GPU is not there
   * @throws java.io.UncheckedIOException if the engine's library does not load, with what to do
   */
  public static Backend start(String device, Kernels kernels) {
    if (kernels == Kernels.JAVA) {
      return java();
    }
    TensorEngine engine = TensorEngine.start(device);
    return new Backend(engine.kernel(), engine.name(), engine.version(), engine.device());
  }

  private static Backend java() {
    return new Backend(new EitherKernel(new LoopKernel(), () -> TensorEngine.start("cpu").kernel()),
        "Java", System.getProperty("java.version"), "cpu");
  }

  /** The engine's for the few weights that the loops cannot read, started when the first comes. */
  private static final class EitherKernel implements Kernel {

    private final LoopKernel loops;
    private final Supplier<Kernel> starter;
    private Kernel other;

    EitherKernel(LoopKernel loops, Supplier<Kernel> starter) {
      this.loops = loops;
      this.starter = starter;
    }

    @Override
    public void run(Pass pass, Weights weights) {
      (LoopKernel.canWalk(weights) ? loops : other()).run(pass, weights);
    }

    @Override
    public long workspaceBytes(Weights weights) {
      return (LoopKernel.canWalk(weights) ? loops : other()).workspaceBytes(weights);
    }

    private synchronized Kernel other() {
      if (other == null) {
        other = starter.get();
      }
      return other;
    }
  }
}
