package io.github.splora;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.OutputFolder;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.AdapterContent;
import io.github.splora.client.ModelLayers;
import io.github.splora.correct.Correcting;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.report.ModelCard;
import io.github.splora.report.RunReport;
import io.github.splora.score.Scheme;
import io.github.splora.select.Decision;
import io.github.splora.select.Selection;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.Action;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.surgery.Rewrite;
import io.github.splora.sweep.SweepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  /** What is meant by the adapters of a command line: a folder that is none but holds some stands for these. */
  public static List<String> adapters(List<String> given) {
    return OpenAdapter.expanded(given);
  }

  /**
   * Scores adapters and decides, as a preview, what a prune would remove. Writes nothing. However many there are, the
   * checkpoints are read once, and each is scored as if it were alone.
   *
   * @return a report for each adapter, in their order
   * @throws BadInputException if an input cannot be used
   */
  public List<RunReport> score(ScoreOptions options) {
    if (options.adapted().isPresent()) {
      return List.of(new MergedRun(hub, progress, command).score(options));
    }
    Stopwatch total = Stopwatch.start();
    try (RunInputs inputs = RunInputs.open(options, hub)) {
      List<Scored> scored = new Scoring(inputs, progress).run(List.of(options.scheme()), List.of()).get(0);
      List<RunReport.Inputs> described = inputs.describe();
      List<RunReport> reports = new ArrayList<>();
      for (int i = 0; i < scored.size(); i++) {
        reports.add(new ReportBuilder(options, described.get(i), scored.get(i), decide(options, scored.get(i)))
            .withWarnings(Warnings.of(inputs.adapters().get(i).adapter()))
            .withCommand(command)
            .build(total.seconds()));
      }
      inputs.requireUnchanged();
      return reports;
    }
  }

  /**
   * Prunes adapters, each into a new folder, with the report beside it; with {@link PruneOptions#dryRun} only decides.
   * A single adapter's folder is the output itself, of several each has one of its name below.
   *
   * @return a report for each adapter, in their order
   * @throws BadInputException if an input cannot be used or an output is in the way; then nothing is written
   * @throws IOException if an output cannot be written; then nothing of it is there
   */
  public List<RunReport> prune(PruneOptions options) throws IOException {
    if (options.score().adapted().isPresent()) {
      return List.of(new MergedRun(hub, progress, command).prune(options));
    }
    Stopwatch total = Stopwatch.start();
    try (RunInputs inputs = RunInputs.open(options.score(), hub)) {
      List<OutputFolder> outputs = Outputs.prepare(options, inputs);
      Surgery surgery = options.surgery();
      Action action = surgery.action().action(surgery.configStyle());
      inputs.ofEachAdapter(i -> requireFit(action, inputs, inputs.adapters().get(i).adapter()));

      List<RunReport.Inputs> described = inputs.describe();
      CorrectedModules corrected = new CorrectedModules();
      List<Scored> scored = scores(options, inputs, described, corrected);
      List<Pruned> pruned = inputs.ofEachAdapter(i -> {
        Adapter adapter = inputs.adapters().get(i).adapter();
        requireRule(options, scored.get(i));
        List<Decision> decisions = decide(options.score(), scored.get(i));
        Set<String> selected = selected(decisions);
        if (options.scores().isPresent()) {
          surgery.corrector(scored.get(i).basis()).ifPresent(corrector ->
              new Scoring(inputs, progress).correct(i, selected, corrected.by(corrector, module -> true)));
        }
        Rewrite rewrite = action.apply(adapter, selected, corrected.of(adapter));
        requireLoadable(inputs, adapter, rewrite);
        RunReport report = new ReportBuilder(options.score(), described.get(i), scored.get(i), decisions)
            .withSurgery(surgery)
            .withWarnings(Warnings.of(adapter))
            .withCommand(command)
            .build(total.seconds());
        return new Pruned(adapter, rewrite, report);
      });
      for (int i = 0; i < outputs.size() && !options.dryRun(); i++) {
        write(outputs.get(i), inputs, pruned.get(i));
      }
      return pruned.stream().map(Pruned::report).toList();
    }
  }

  /**
   * Tries many corrections of one adapter, each by an evaluation of the user's, and writes the best one where one is
   * wanted and found.
   *
   * @param told of each candidate when it has been tried
   * @throws BadInputException if an input cannot be used, or if every evaluation fails
   * @throws IOException if something cannot be written
   */
  public SweepReport sweep(SweepOptions options, SweepProgress told) throws IOException {
    return new SweepRun(hub, progress, told, command).run(options);
  }

  /** What is to be written. */
  private record Pruned(Adapter adapter, Rewrite rewrite, RunReport report) {}

  /** Before anything is scored: that the action is right for the adapter, and that the client could load it at all. */
  private static Adapter requireFit(Action action, RunInputs inputs, Adapter adapter) {
    action.requireApplicable(adapter);
    requireLoadable(inputs, adapter, action.apply(adapter, Set.of()));
    return adapter;
  }

  /** Scores that are made now bring corrected factors along: which of them are needed is known when all are there. */
  private List<Scored> scores(PruneOptions options, RunInputs inputs, List<RunReport.Inputs> described,
      CorrectedModules corrected) {
    if (options.scores().isEmpty()) {
      Scheme scheme = options.score().scheme();
      List<Correcting> correctings = options.surgery().corrector(Scored.Basis.of(scheme, options.score()))
          .map(corrector -> corrected.by(corrector, module -> true)).stream().toList();
      return new Scoring(inputs, progress).run(List.of(scheme), correctings).get(0);
    }
    return List.of(
        SavedScores.read(options.scores().get(), inputs.adapters().get(0).adapter(), described.get(0)));
  }

  private static void requireLoadable(RunInputs inputs, Adapter adapter, Rewrite rewrite) {
    inputs.options().client().requireLoadable(
        AdapterContent.of(adapter, rewrite), ModelLayers.of(inputs.aligned(), adapter.modules()));
  }

  /** The command line has asked for one, unless the metric stands in a file. */
  static void requireRule(PruneOptions options, Scored scored) {
    if (options.score().ruleFor(scored.basis().metric()) instanceof SelectionRule.None) {
      throw new BadInputException(List.of(new Problem("--scores", "metric", scored.basis().metric().toString(),
          "has no default rule; give --threshold, --count or --fraction")));
    }
  }

  static List<Decision> decide(ScoreOptions options, Scored scored) {
    return new Selection(options.ruleFor(scored.basis().metric()), options.granularity()).decide(scored.scores());
  }

  static Set<String> selected(List<Decision> decisions) {
    return decisions.stream()
        .filter(Decision::prune)
        .map(decision -> decision.score().name())
        .collect(Collectors.toSet());
  }

  private static void write(OutputFolder output, RunInputs inputs, Pruned pruned) throws IOException {
    output.publish(folder -> {
      AdapterWriter.write(pruned.adapter(), pruned.rewrite(), folder);
      ModelCard.update(folder, pruned.report());
      Files.writeString(folder.resolve(RunReport.FILE_NAME), pruned.report().toJson());
      inputs.requireUnchanged();
    });
  }
}
