package io.github.splora.score;

import ai.djl.ndarray.NDManager;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.pairing.PairedModule;
import io.github.splora.storage.StoredTensor;
import io.github.splora.tensor.AlignmentDelta;
import io.github.splora.tensor.LoraDelta;
import io.github.splora.tensor.NonFinite;
import io.github.splora.tensor.TensorEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Measures modules: arrays go in, {@link Measurement}s come out, and every array of a module is freed before its thread
 * takes the next. A module is measured by one thread alone, so the numbers do not depend on how many there are.
 */
public final class ModuleScorer {

  private final TensorEngine engine;
  private final Reference reference;
  private final int threads;

  public ModuleScorer(TensorEngine engine, Reference reference, int threads) {
    this.engine = engine;
    this.reference = reference;
    this.threads = threads;
  }

  /**
   * Measures every module.
   *
   * @param progress told of each module when it is done, from any thread, one at a time
   * @return in the order of {@code modules}
   * @throws BadInputException naming every tensor with NaN or infinite elements, if any result shows that there are
   */
  public List<Measurement> measure(List<PairedModule> modules, Consumer<PairedModule> progress) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Measurement>> futures = new ArrayList<>();
      for (PairedModule module : modules) {
        futures.add(pool.submit(() -> {
          Measurement measurement = measure(module);
          synchronized (progress) {
            progress.accept(module);
          }
          return measurement;
        }));
      }
      List<Measurement> measurements = new ArrayList<>();
      for (Future<Measurement> future : futures) {
        measurements.add(resultOf(future));
      }
      refuseNonFinite(measurements);
      return measurements;
    } finally {
      pool.shutdownNow();
    }
  }

  private Measurement measure(PairedModule module) {
    try (NDManager scope = engine.newScope()) {
      LoraDelta delta =
          LoraDelta.read(module.lora().loraA(), module.lora().loraB(), module.lora().scaling(), scope);
      AlignmentDelta v = new AlignmentDelta(module.base(), module.aligned(), module.transposed(), scope);
      double deltaNorm = delta.norm();
      Comparison comparison = deltaNorm == 0 ? null : reference.compare(v, delta).orElse(null);
      return new Measurement(module, deltaNorm, v.norm(), comparison);
    }
  }

  private void refuseNonFinite(List<Measurement> measurements) {
    List<Problem> problems = new ArrayList<>();
    try (NDManager scope = engine.newScope()) {
      for (Measurement measurement : measurements) {
        if (!measurement.isFinite()) {
          problems.addAll(nonFinite(measurement.module(), scope));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(problems);
    }
  }

  private static List<Problem> nonFinite(PairedModule module, NDManager scope) {
    List<Problem> problems = new ArrayList<>();
    for (StoredTensor tensor :
        List.of(module.lora().loraA(), module.lora().loraB(), module.base(), module.aligned())) {
      long count = NonFinite.count(tensor, scope);
      if (count > 0) {
        problems.add(new Problem(tensor.file().path().toString(), "tensor '" + tensor.name() + "'",
            count + " NaN or infinite", "no distance can be taken from it"));
      }
    }
    if (problems.isEmpty()) {
      problems.add(new Problem(module.lora().loraA().file().path().toString(), "module '" + module.name() + "'", null,
          "its values are too large: their squares overflow float64"));
    }
    return problems;
  }

  private static Measurement resultOf(Future<Measurement> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while scoring", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
