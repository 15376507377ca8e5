package io.github.splora;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.OutputFolder;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.AdapterContent;
import io.github.splora.client.ModelLayers;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.pairing.ModulePairing;
import io.github.splora.pairing.PairedModule;
import io.github.splora.report.ModelCard;
import io.github.splora.report.RunReport;
import io.github.splora.score.Measurement;
import io.github.splora.score.ModuleScore;
import io.github.splora.score.ModuleScorer;
import io.github.splora.score.ScoreBoard;
import io.github.splora.select.Decision;
import io.github.splora.select.ModuleFilter;
import io.github.splora.select.Selection;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.Action;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.surgery.Rewrite;
import io.github.splora.tensor.TensorEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole flow, in one direction: files → paired modules → measurements → scores → decisions → surgery → pruned
 * adapter and report. The command line is a thin layer over the two methods here.
 */
public final class Splora {

  private final HubCache hub;
  private final Progress progress;
  private final List<String> command;

  /**
   * @param hub where hub ids are looked up
   * @param progress told of each measured module
   */
  public Splora(HubCache hub, Progress progress) {
    this(hub, progress, List.of());
  }

  /** @param command what reports are to name as the arguments of the program */
  public Splora(HubCache hub, Progress progress, List<String> command) {
    this.hub = hub;
    this.progress = progress;
    this.command = command;
  }

  /**
   * Scores an adapter and decides, as a preview, what a prune would remove. Writes nothing.
   *
   * @throws BadInputException if an input cannot be used
   */
  public RunReport score(ScoreOptions options) {
    Stopwatch total = Stopwatch.start();
    try (RunInputs inputs = RunInputs.open(options, hub)) {
      Scored scored = scoreNow(inputs);
      RunReport report = new ReportBuilder(options, inputs.describe(), scored, decide(options, scored))
          .withWarnings(Warnings.of(inputs.adapter()))
          .withCommand(command)
          .build(total.seconds());
      inputs.requireUnchanged();
      return report;
    }
  }

  /**
   * Prunes an adapter into a new folder, with the report beside it; with {@link PruneOptions#dryRun} only decides.
   *
   * @throws BadInputException if an input cannot be used or the output is in the way
   * @throws IOException if the output cannot be written; then nothing of it is there
   */
  public RunReport prune(PruneOptions options) throws IOException {
    Stopwatch total = Stopwatch.start();
    try (RunInputs inputs = RunInputs.open(options.score(), hub)) {
      OutputFolder output = OutputFolder.prepare(options.output(), options.force(), filesRead(options, inputs));
      Action action = options.action().action(options.configStyle());
      action.requireApplicable(inputs.adapter());
      requireLoadable(inputs, action.apply(inputs.adapter(), Set.of()));

      RunReport.Inputs described = inputs.describe();
      Scored scored = options.scores().isPresent()
          ? SavedScores.read(options.scores().get(), inputs.adapter(), described)
          : scoreNow(inputs);
      requireRule(options, scored);
      List<Decision> decisions = decide(options.score(), scored);
      Rewrite rewrite = action.apply(inputs.adapter(), selected(decisions));
      requireLoadable(inputs, rewrite);

      RunReport report = new ReportBuilder(options.score(), described, scored, decisions)
          .withSurgery(options.action(), options.configStyle())
          .withWarnings(Warnings.of(inputs.adapter()))
          .withCommand(command)
          .build(total.seconds());
      if (!options.dryRun()) {
        write(output, inputs, rewrite, report);
      }
      return report;
    }
  }

  private Scored scoreNow(RunInputs inputs) {
    ScoreOptions options = inputs.options();
    Adapter adapter = inputs.adapter();
    List<LoraModule> participants =
        inputs.participants(new ModuleFilter(options.include(), options.exclude()));
    if (participants.isEmpty()) {
      throw new BadInputException(List.of(new Problem("--include, --exclude", null, null,
          "no module of the adapter is left; its modules are named like '" + adapter.modules().get(0).name() + "'")));
    }
    List<PairedModule> pairs =
        ModulePairing.pair(participants, adapter.config(), inputs.base(), inputs.aligned());

    Stopwatch scoring = Stopwatch.start();
    TensorEngine engine = TensorEngine.start(options.device());
    List<Measurement> measurements = measure(engine, options, pairs);
    List<ModuleScore> scores = ScoreBoard.of(adapter.modules(), measurements, options.metric().metric(),
        options.population().population(), inputs.aligned().location());
    return new Scored(
        scores,
        Scored.Basis.of(options),
        new RunReport.Engine(engine.name(), engine.version(), engine.device(), options.threads()),
        scoring.seconds(),
        bytes(pairs));
  }

  private List<Measurement> measure(TensorEngine engine, ScoreOptions options, List<PairedModule> pairs) {
    ModuleScorer scorer = new ModuleScorer(engine.kernel(), options.reference().reference(), options.threads());
    progress.begin(pairs.size(), bytes(pairs));
    try {
      return scorer.measure(pairs, pair -> progress.moduleDone(pair.byteLength()));
    } finally {
      progress.end();
    }
  }

  /** Before anything is scored, that the client could load the adapter at all; then, that it can load what is left. */
  private static void requireLoadable(RunInputs inputs, Rewrite rewrite) {
    inputs.options().client().requireLoadable(
        AdapterContent.of(inputs.adapter(), rewrite),
        ModelLayers.of(inputs.aligned(), inputs.adapter().modules()));
  }

  private static List<Path> filesRead(PruneOptions options, RunInputs inputs) {
    return Stream.concat(inputs.paths().stream(), options.scores().stream()).toList();
  }

  /** The command line has asked for one, unless the metric stands in a file. */
  private static void requireRule(PruneOptions options, Scored scored) {
    if (options.score().ruleFor(scored.basis().metric()) instanceof SelectionRule.None) {
      throw new BadInputException(List.of(new Problem("--scores", "metric", scored.basis().metric().toString(),
          "has no default rule; give --threshold, --count or --fraction")));
    }
  }

  private static List<Decision> decide(ScoreOptions options, Scored scored) {
    return new Selection(options.ruleFor(scored.basis().metric()), options.granularity()).decide(scored.scores());
  }

  private static Set<String> selected(List<Decision> decisions) {
    return decisions.stream()
        .filter(Decision::prune)
        .map(decision -> decision.score().name())
        .collect(Collectors.toSet());
  }

  private static void write(OutputFolder output, RunInputs inputs, Rewrite rewrite, RunReport report)
      throws IOException {
    output.publish(folder -> {
      AdapterWriter.write(inputs.adapter(), rewrite, folder);
      ModelCard.update(folder, report);
      Files.writeString(folder.resolve(RunReport.FILE_NAME), report.toJson());
      inputs.requireUnchanged();
    });
  }

  private static long bytes(List<PairedModule> pairs) {
    return pairs.stream().mapToLong(PairedModule::byteLength).sum();
  }
}
