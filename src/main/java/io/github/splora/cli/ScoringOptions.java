package io.github.splora.cli;

import io.github.splora.score.Centre;
import io.github.splora.score.Estimators;
import io.github.splora.score.Metrics;
import io.github.splora.score.Populations;
import io.github.splora.score.References;
import io.github.splora.score.Scheme;
import io.github.splora.score.Spread;
import io.github.splora.tensor.Kernels;
import io.github.splora.tensor.TensorEngine;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How modules are scored. */
final class ScoringOptions {

  static final List<String> NAMES = List.of("--metric", "--reference", "--population", "--centre", "--spread",
      "--energy", "--seed", "--include", "--exclude");

  @Option(names = "--metric", paramLabel = "METRIC", defaultValue = "e-diem",
      description = "What the score is: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Metrics metric;

  @Option(names = "--reference", paramLabel = "REF",
      description = "What a delta is compared with: ${COMPLETION-CANDIDATES}. Default: alignment; subspace for the metric"
          + " overlap.")
  private References reference;

  @Option(names = "--population", paramLabel = "POP", defaultValue = "type",
      description = "What a distance is judged against: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Populations population;

  @Option(names = "--centre", paramLabel = "C", defaultValue = "mean",
      description = "How the expected distance of a population is estimated: ${COMPLETION-CANDIDATES}. Default:"
          + " ${DEFAULT-VALUE}.")
  private Centre centre;

  @Option(names = "--spread", paramLabel = "S", defaultValue = "iqr",
      description = "How its spread is: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Spread spread;

  @Option(names = "--energy", paramLabel = "E", defaultValue = "0.9",
      description = "Share of V's squared norm in the dominant subspaces that the reference subspace looks at. Default:"
          + " ${DEFAULT-VALUE}.")
  private double energy;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Of what is drawn at random (for subspaces, and for the population null under safelora). Default:"
          + " ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--include", paramLabel = "PATTERN",
      description = "Only modules that match take part: a glob for the name or its end (q_proj, layers.1.*),"
          + " or a /regex/ found in it. Repeatable.")
  List<String> include = List.of();

  @Option(names = "--exclude", paramLabel = "PATTERN",
      description = "Modules that match do not take part. Repeatable.")
  List<String> exclude = List.of();

  @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto",
      description = "auto, cpu, gpu or gpu:N; auto takes a GPU where the engine finds one. Default: ${DEFAULT-VALUE}.")
  String device;

  @Option(names = "--kernel", paramLabel = "KERNEL", defaultValue = "djl",
      description = "What computes: djl (PyTorch's operators, all float64) or java (loops on the CPU that do without"
          + " PyTorch, about half the CPU time; products in float32, close to 1e-7 of the norms). Default:"
          + " ${DEFAULT-VALUE}.")
  Kernels kernel;

  @Option(names = "--threads", paramLabel = "N",
      description = "Modules measured side by side. Default: the number of cores.")
  Integer threads;

  /** The user's reference, else the one that fits the metric. */
  References reference() {
    return reference != null ? reference : metric.onlyReference().orElse(References.ALIGNMENT);
  }

  /** All that makes a score what it is. */
  Scheme scheme() {
    return new Scheme(metric, reference(), population, new Estimators(centre, spread), energy, seed);
  }

  /** What is wrong with the choices, in a sentence; nothing if all fit together. */
  Optional<String> contradiction() {
    Optional<References> only = metric.onlyReference();
    if (only.isPresent() && reference() != only.get()) {
      return Optional.of("--metric " + metric + " is told from --reference " + only.get() + ", not from " + reference());
    }
    if (!(energy > 0 && energy <= 1)) {
      return Optional.of("--energy " + energy + ": a number above 0, up to 1, is expected");
    }
    if (!TensorEngine.isDeviceChoice(device)) {
      return Optional.of("--device '" + device + "': auto, cpu, gpu or gpu:N is expected");
    }
    if (kernel == Kernels.JAVA && device.startsWith("gpu")) {
      return Optional.of("--kernel java cannot be given with --device " + device + ": it runs on the CPU");
    }
    if (threads != null && threads < 1) {
      return Optional.of("--threads " + threads + ": at least 1 is needed");
    }
    return Optional.empty();
  }
}
