package io.github.splora.tensor;

import io.github.splora.pairing.Weights;
import java.util.Optional;
import java.util.function.Supplier;

/** Vectors for large weights, where they can be had; for small ones plain loops, which are fast after less time. */
final class LoopsBySize implements Kernel {

  /** Of one matrix: until vectors are compiled they cost half a second, which larger models win back in a few layers. */
  static final long LEAST_WEIGHTS_FOR_VECTORS = 1 << 20;

  private final LoopKernel plain = new LoopKernel(PlainLoops::new);
  private final Supplier<Optional<Supplier<TileLoops>>> finder;
  private Optional<LoopKernel> vectors;

  /** @param finder looks for vectors, when the first large weights come */
  LoopsBySize(Supplier<Optional<Supplier<TileLoops>>> finder) {
    this.finder = finder;
  }

  @Override
  public void run(Pass pass, Weights weights) {
    loopsFor(weights).run(pass, weights);
  }

  @Override
  public long workspaceBytes(Weights weights) {
    return loopsFor(weights).workspaceBytes(weights);
  }

  private LoopKernel loopsFor(Weights weights) {
    boolean isLarge = weights.aligned().rows() * weights.aligned().columns() >= LEAST_WEIGHTS_FOR_VECTORS;
    return isLarge ? vectors().orElse(plain) : plain;
  }

  private synchronized Optional<LoopKernel> vectors() {
    if (vectors == null) {
      vectors = finder.get().map(LoopKernel::new);
    }
    return vectors;
  }
}
