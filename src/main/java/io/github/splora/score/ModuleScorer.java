package io.github.splora.score;

import io.github.splora.delta.Delta;
import io.github.splora.delta.Deltas;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.Values;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures modules: weights are walked over, {@link Measurement}s come out. A module is measured by one thread alone, so
 * the numbers do not depend on how many there are; modules of several adapters on the same layer are measured together.
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
      Map<List<Weights>, List<PairedModule>> ofSameWeights =
          modules.stream().collect(Collectors.groupingBy(PairedModule::weights, LinkedHashMap::new, Collectors.toList()));
      List<Future<List<Measurement>>> futures = new ArrayList<>();
      for (List<PairedModule> together : ofSameWeights.values()) {
        futures.add(pool.submit(() -> {
          List<Measurement> measured = measure(together);
          synchronized (progress) {
            together.forEach(progress);
          }
          return measured;
        }));
      }
      Map<PairedModule, Measurement> results = new IdentityHashMap<>();
      for (Future<List<Measurement>> future : futures) {
        resultOf(future).forEach(measurement -> results.put(measurement.module(), measurement));
      }
      List<Measurement> measurements = modules.stream().map(results::get).toList();
      refuseNonFinite(measurements);
      return measurements;
    } finally {
      pool.shutdownNow();
    }
  }

  /** Modules of several adapters on the same layer, whose weights are read once for all of them. */
  private List<Measurement> measure(List<PairedModule> modules) {
    List<Weights> weights = modules.get(0).weights();
    List<List<Delta>> deltas = modules.stream().map(module -> Deltas.of(module.lora())).toList();
    List<Sums> sums = new ArrayList<>(Collections.nCopies(modules.size(), Sums.ZERO));
    for (int i = 0; i < weights.size(); i++) {
      int matrix = i;
      List<Comparing> comparings =
          deltas.stream().map(ofModule -> reference.compare(ofModule.get(matrix))).toList();
      for (Pass pass = new Pass(); ask(comparings, pass); pass = new Pass()) {
        kernel.run(pass, weights.get(i));
      }
      for (int m = 0; m < comparings.size(); m++) {
        sums.set(m, sums.get(m).plus(comparings.get(m).sums()));
      }
    }
    return IntStream.range(0, modules.size()).mapToObj(m -> measurement(modules.get(m), sums.get(m))).toList();
  }

  /** Lets all of them ask; those that have what they want do no more. */
  private static boolean ask(List<Comparing> comparings, Pass pass) {
    boolean isAnyAsked = false;
    for (Comparing comparing : comparings) {
      isAnyAsked |= comparing.ask(pass);
    }
    return isAnyAsked;
  }

  private Measurement measurement(PairedModule module, Sums sums) {
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

  private static <T> T resultOf(Future<T> future) {
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
