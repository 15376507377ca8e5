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
import io.github.splora.tensor.TensorEngine;
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
    List<List<PairedModule>> pairs = pairAll();
    Stopwatch stopwatch = Stopwatch.start();
    TensorEngine engine = TensorEngine.start(options.device());
    List<Measurement> measurements = measure(engine, pairs.stream().flatMap(List::stream).toList());
    RunReport.Engine described =
        new RunReport.Engine(engine.name(), engine.version(), engine.device(), options.threads());

    List<Scored> scored = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < pairs.size(); i++) {
      int end = begin + pairs.get(i).size();
      scored.add(new Scored(
          ScoreBoard.of(inputs.adapters().get(i).adapter().modules(), measurements.subList(begin, end),
              options.metric().metric(), options.population().population(), inputs.aligned().location()),
          Scored.Basis.of(options), described, stopwatch.seconds(), bytes(pairs.get(i))));
      begin = end;
    }
    return scored;
  }

  private List<List<PairedModule>> pairAll() {
    List<List<PairedModule>> pairs = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (OpenAdapter each : inputs.adapters()) {
      try {
        pairs.add(pair(each.adapter()));
      } catch (BadInputException e) {
        e.problems().stream().filter(problem -> !problems.contains(problem)).forEach(problems::add);
      }
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(problems);
    }
    return pairs;
  }

  private List<PairedModule> pair(Adapter adapter) {
    ModuleFilter filter = new ModuleFilter(options.include(), options.exclude());
    List<LoraModule> participants =
        adapter.modules().stream().filter(module -> filter.test(module.name())).toList();
    if (participants.isEmpty()) {
      throw new BadInputException(List.of(new Problem("--include, --exclude", null, null,
          "no module of the adapter is left; its modules are named like '" + adapter.modules().get(0).name() + "'")));
    }
    return ModulePairing.pair(participants, adapter.config(), inputs.base(), inputs.aligned());
  }

  private List<Measurement> measure(TensorEngine engine, List<PairedModule> pairs) {
    ModuleScorer scorer = new ModuleScorer(engine.kernel(), options.reference().reference(), options.threads());
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
