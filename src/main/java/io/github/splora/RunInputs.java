package io.github.splora;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.report.RunReport;
import io.github.splora.report.RunReport.AdapterInput;
import io.github.splora.report.RunReport.CheckpointInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The three inputs of a run, found and opened. */
record RunInputs(ScoreOptions options, Checkpoint base, Checkpoint aligned, Adapter adapter, FileStates files)
    implements AutoCloseable {

  /** @throws BadInputException with the problems of all three, not of the first alone */
  static RunInputs open(ScoreOptions options, HubCache hub) {
    List<Problem> problems = new ArrayList<>();
    Checkpoint base = open("--base", options.base(), options, hub, Checkpoint::openUnquantised, problems);
    Checkpoint aligned = open("--aligned", options.aligned(), options, hub, Checkpoint::openUnquantised, problems);
    Adapter adapter = open("--adapter", options.adapter(), options, hub, Adapter::open, problems);
    if (!problems.isEmpty()) {
      closeAll(base, aligned, adapter);
      throw new BadInputException(problems);
    }
    return new RunInputs(options, base, aligned, adapter, new FileStates(filesOf(base, aligned, adapter)));
  }

  /** The modules that the patterns let take part. */
  List<LoraModule> participants(Predicate<String> filter) {
    return adapter.modules().stream().filter(module -> filter.test(module.name())).toList();
  }

  List<Path> paths() {
    return List.of(base.location(), aligned.location(), adapter.folder().orElse(adapter.location()));
  }

  /** @throws BadInputException if a file has changed since the inputs were opened, so that no result can be told of it */
  void requireUnchanged() {
    files.requireUnchanged();
  }

  private static List<Path> filesOf(Checkpoint base, Checkpoint aligned, Adapter adapter) {
    Stream<Path> shards = Stream.concat(base.shards().stream(), aligned.shards().stream());
    return Stream.concat(shards, Stream.of(adapter.weights().path(), adapter.config().file())).toList();
  }

  /** What the report says of the inputs; reads the adapter whole and a sample of every checkpoint tensor. */
  RunReport.Inputs describe() {
    return new RunReport.Inputs(
        new CheckpointInput(options.base(), Fingerprint.of(base)),
        new CheckpointInput(options.aligned(), Fingerprint.of(aligned)),
        new AdapterInput(
            options.adapter(),
            Fingerprint.sha256(adapter.weights().path()),
            Fingerprint.sha256(adapter.config().file())));
  }

  @Override
  public void close() {
    closeAll(base, aligned, adapter);
  }

  private static <T> T open(String option, String name, ScoreOptions options, HubCache hub,
      Function<Path, T> opener, List<Problem> problems) {
    try {
      return opener.apply(hub.resolve(name, options.revision()));
    } catch (BadInputException e) {
      e.problems().stream().map(problem -> problem.at(option)).forEach(problems::add);
      return null;
    }
  }

  private static void closeAll(Checkpoint base, Checkpoint aligned, Adapter adapter) {
    if (base != null) {
      base.close();
    }
    if (aligned != null) {
      aligned.close();
    }
    if (adapter != null) {
      adapter.close();
    }
  }
}
