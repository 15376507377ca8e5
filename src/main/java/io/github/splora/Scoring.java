package io.github.splora;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.pairing.PairedModule;
import io.github.splora.report.RunReport;
import io.github.splora.score.Measurement;
import io.github.splora.score.ModuleScorer;
import io.github.splora.score.ScoreBoard;
import io.github.splora.select.ModuleFilter;
import io.github.splora.tensor.Backend;
import io.github.splora.tensor.Kernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** From opened inputs to scores: all adapters in one pass over the checkpoints, then each among its own modules. */
final class Scoring {

  private final RunInputs inputs;
  private final ScoreOptions options;
  private final Progress progress;

  Scoring(RunInputs inputs, Progress progress) {
    this.inputs = inputs;
    this.options = inputs.options();
    this.progress = progress;
  }

  /**
   * Scores every adapter as if it were alone.
   *
   * @return in the order of the adapters
   * @throws BadInputException with the problems of all adapters that do not fit the checkpoints
   */
  List<Scored> run() {
    List<Judged> judged = inputs.ofEachAdapter(i -> {
      Adapter adapter = inputs.adapters().get(i).adapter();
      return new Judged(adapter.modules(), pair(adapter));
    });
    return score(judged, inputs.aligned().location(), options, progress);
  }

  /**
   * One population.
   *
   * @param modules all of it
   * @param pairs those that take part
   */
  record Judged(List<LoraModule> modules, List<PairedModule> pairs) {}

  /** Measures all in one pass, and scores each population by itself. */
  static List<Scored> score(List<Judged> populations, Path aligned, ScoreOptions options, Progress progress) {
    Stopwatch stopwatch = Stopwatch.start();
    Backend backend = Backend.start(options.device(), options.kernel());
    List<PairedModule> all = populations.stream().flatMap(each -> each.pairs().stream()).toList();
    List<Measurement> measurements = measure(backend.kernel(), all, options, progress);
    RunReport.Engine described =
        new RunReport.Engine(backend.name(), backend.version(), backend.device(), options.threads());
    List<Scored> scored = new ArrayList<>();
    int begin = 0;
    for (Judged each : populations) {
      int end = begin + each.pairs().size();
      scored.add(new Scored(
          ScoreBoard.of(each.modules(), measurements.subList(begin, end), options.metric().metric(),
              options.population().population(), aligned),
          Scored.Basis.of(options), described, stopwatch.seconds(), bytes(each.pairs())));
      begin = end;
    }
    return scored;
  }

  private List<PairedModule> pair(Adapter adapter) {
    ModuleFilter filter = new ModuleFilter(options.include(), options.exclude());
    List<LoraModule> participants =
        adapter.modules().stream().filter(module -> filter.test(module.name())).toList();
    if (participants.isEmpty()) {
      throw new BadInputException(List.of(new Problem("--include, --exclude", null, null,
          "no module of the adapter is left; its modules are named like '" + adapter.modules().get(0).name() + "'")));
    }
    refuseFullRank(adapter, participants);
    return ModulePairing.pair(participants, adapter.config(), inputs.base(), inputs.aligned());
  }

  /** Some references need thin factors, which DoRA's deltas do not have. */
  private void refuseFullRank(Adapter adapter, List<LoraModule> participants) {
    if (!options.reference().reference().takesFullRank()) {
      participants.stream().filter(module -> !module.isLowRank()).findFirst().ifPresent(module -> {
        throw new BadInputException(adapter.location(), "module '" + module.name() + "'", null, "is DoRA, whose delta is"
            + " not of low rank: --reference " + options.reference() + " cannot take it; use --reference alignment");
      });
    }
  }

  private static List<Measurement> measure(
      Kernel kernel, List<PairedModule> pairs, ScoreOptions options, Progress progress) {
    ModuleScorer scorer = new ModuleScorer(kernel, options.reference().reference(), options.threads());
    progress.begin(pairs.size(), bytes(pairs));
    try {
      return scorer.measure(pairs, pair -> progress.moduleDone(pair.byteLength()));
    } finally {
      progress.end();
    }
  }

  private static long bytes(List<PairedModule> pairs) {
    return pairs.stream().mapToLong(PairedModule::byteLength).sum();
  }
}
