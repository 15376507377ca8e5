package io.github.splora.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code splora score}. */
@Command(
    name = "score",
    description = "Scores every module of an adapter and shows which a prune would remove. Writes nothing.")
final class ScoreCommand extends RunSupport implements Callable<Integer> {

  @Override
  public Integer call() {
    return show(splora().score(scoreOptions()));
  }
}
