package io.github.splora.cli;

import io.github.splora.PruneOptions;
import io.github.splora.client.Client;
import io.github.splora.client.Demands;
import io.github.splora.surgery.Actions;
import io.github.splora.surgery.ConfigStyle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code splora prune}. */
@Command(
    name = "prune",
    description = "Writes the adapter without its misaligned modules, with splora-report.json beside it.")
final class PruneCommand extends RunSupport implements Callable<Integer> {

  @Option(names = "--output", required = true, paramLabel = "DIR",
      description = "Folder for the pruned adapter, or, of several, for a folder of each one's name. A folder appears"
          + " whole or not at all.")
  Path folder;

  @Option(names = "--action", paramLabel = "ACTION",
      description = "What is done to a selected module: ${COMPLETION-CANDIDATES}. Default: drop; zero for clients that"
          + " need every module.")
  Actions action;

  @Option(names = "--config-style", paramLabel = "STYLE",
      description = "How a drop is told to PEFT: exclude (exclude_modules), targets (explicit target_modules, for PEFT"
          + " 0.13 and older), or list (the same, never a regular expression). Default: exclude; list for sglang.")
  ConfigStyle configStyle;

  @Option(names = "--scores", paramLabel = "FILE",
      description = "Decide from what 'score --format json' wrote for these very inputs, instead of scoring again.")
  Path scores;

  @Option(names = "--dry-run", description = "Decide and report; write nothing.")
  boolean dryRun;

  @Option(names = "--force",
      description = "Write into an output folder that is not empty: files of the same names are replaced, others stay.")
  boolean force;

  @Override
  public Integer call() throws IOException {
    checkMerged();
    applyDemands(selection.client.client());
    checkOptions();
    PruneOptions options = new PruneOptions(
        scoreOptions(action), Optional.ofNullable(scores), folder, action, configStyle, dryRun, force);
    prepareReport(scores, folder);
    int code = show(splora().prune(options));
    tell(!dryRun ? "wrote " + folder
        : output.report == null ? "dry run: nothing was written" : "dry run: no adapter was written");
    return code;
  }

  /** What the user has not said, the client decides. */
  private void applyDemands(Client client) {
    Demands demands = client.demands();
    if (action == Actions.DROP && demands.everyModule()) {
      throw wrong("--action drop cannot be given with --client " + selection.client + ": " + client.title()
          + " leaves out all modules of a type when one layer has none; it takes --action zero");
    }
    action = action == null ? demands.action() : action;
    configStyle = configStyle == null ? demands.configStyle() : configStyle;
  }

  private void checkMerged() {
    for (String name : List.of("--action", "--config-style", "--scores")) {
      if (inputs.adapted().isPresent() && spec.commandLine().getParseResult().hasMatchedOption(name)) {
        throw wrong(name + " cannot be given with --adapted: the weights that go become the aligned ones again");
      }
    }
  }

  private void checkOptions() {
    if (scores == null && lacksRule(scoring.metric)) {
      throw wrong("--metric " + scoring.metric + " has no default rule: give --threshold, --count or --fraction");
    }
    if (dryRun && output.report != null && output.report.toAbsolutePath().startsWith(folder.toAbsolutePath())) {
      throw wrong("--report inside --output makes the folder, which --dry-run must not: name another file");
    }
    if (scores != null) {
      if (hasSeveralAdapters()) {
        throw wrong("--scores is of one adapter: prune them one at a time");
      }
      for (String name : ScoringOptions.NAMES) {
        if (spec.commandLine().getParseResult().hasMatchedOption(name)) {
          throw wrong(name + " cannot be given with --scores: the file's scores are what they are");
        }
      }
    }
  }
}
