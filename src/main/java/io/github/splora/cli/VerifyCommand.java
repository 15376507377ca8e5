package io.github.splora.cli;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.inspect.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code splora verify}. */
@Command(
    name = "verify",
    description = "Tells whether PEFT would load an adapter, and names every problem at once. Reads headers only.")
final class VerifyCommand implements Callable<Integer> {

  @Spec
  CommandSpec spec;

  @ParentCommand
  Main main;

  @Parameters(paramLabel = "ADAPTER", description = "Adapter: its folder, its file of weights, or a cached hub id.")
  String location;

  @Option(names = "--aligned", paramLabel = "MODEL",
      description = "Checkpoint that the adapter is to be loaded on: checks that every module fits.")
  String aligned;

  @Mixin
  CommonOptions common;

  @Override
  public Integer call() {
    common.applyToLog();
    List<Problem> problems = new ArrayList<>();
    int modules;
    try (Adapter adapter = Adapter.open(main.hub().resolve(location, common.revision))) {
      modules = adapter.modules().size();
      problems.addAll(Verification.problems(adapter));
      if (aligned != null) {
        try (Checkpoint checkpoint = Checkpoint.openUnquantised(main.hub().resolve(aligned, common.revision))) {
          problems.addAll(Verification.problems(adapter, checkpoint));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(problems);
    }
    spec.commandLine().getOut().println("ok: " + modules + " LoRA modules, nothing that a client would stumble over");
    spec.commandLine().getOut().flush();
    return ExitCode.DONE;
  }
}
