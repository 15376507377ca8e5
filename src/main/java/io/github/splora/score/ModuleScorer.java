package io.github.splora.score;

import io.github.splora.delta.Delta;
import io.github.splora.delta.Deltas;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.pairing.PairedModule;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.Values;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Measures modules: weights are walked over, {@link Measurement}s come out. A module is measured by one thread alone, so
 * the numbers do not depend on how many there are.
 */
public final class ModuleScorer {

  private final Kernel kernel;
  private final Reference reference;
  private final int threads;

  public ModuleScorer(Kernel kernel, Reference reference, int threads) {
    this.kernel = kernel;
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
    List<Delta> deltas = Deltas.of(module.lora());
    Sums sums = Sums.ZERO;
    for (int i = 0; i < deltas.size(); i++) {
      Comparing comparing = reference.compare(deltas.get(i));
      for (Pass pass = new Pass(); comparing.ask(pass); pass = new Pass()) {
        kernel.run(pass, module.weights().get(i));
      }
      sums = sums.plus(comparing.sums());
    }
    boolean isComparable = sums.delta() != 0 && sums.alignment() != 0;
    return new Measurement(module, Math.sqrt(sums.delta()), Math.sqrt(sums.alignment()),
        isComparable ? reference.comparison(sums) : null);
  }

  private static void refuseNonFinite(List<Measurement> measurements) {
    List<Problem> problems = measurements.stream()
        .filter(measurement -> !measurement.isFinite())
        .flatMap(measurement -> nonFinite(measurement.module()).stream())
        .toList();
    if (!problems.isEmpty()) {
      throw new BadInputException(problems);
    }
  }

  private static List<Problem> nonFinite(PairedModule module) {
    List<Problem> problems = new ArrayList<>();
    Stream<StoredTensor> weights = module.weights().stream()
        .flatMap(pair -> pair.matrices().stream())
        .flatMap(matrix -> matrix.tensors().stream());
    Stream.concat(module.lora().tensors().stream(), weights).distinct().forEach(tensor -> {
      long count = Values.countNonFinite(tensor);
      if (count > 0) {
        problems.add(new Problem(tensor.file().path().toString(), TensorInfo.label(tensor.name()),
            count + " NaN or infinite", "no distance can be taken from it"));
      }
    });
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
