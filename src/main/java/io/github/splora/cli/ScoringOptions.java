package io.github.splora.cli;

import io.github.splora.score.Metrics;
import io.github.splora.score.Populations;
import io.github.splora.score.References;
import io.github.splora.tensor.Kernels;
import java.util.List;
import picocli.CommandLine.Option;

/** How modules are scored. */
final class ScoringOptions {

  static final List<String> NAMES = List.of("--metric", "--reference", "--population", "--include", "--exclude");

  @Option(names = "--metric", paramLabel = "METRIC", defaultValue = "e-diem",
      description = "What the score is: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Metrics metric;

  @Option(names = "--reference", paramLabel = "REF", defaultValue = "alignment",
      description = "What a delta is compared with: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  References reference;

  @Option(names = "--population", paramLabel = "POP", defaultValue = "type",
      description = "What a distance is judged against: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Populations population;

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
}
