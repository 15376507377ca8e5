package io.github.splora.cli;

import io.github.splora.run.ScoreOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code splora score}. */
@Command(
        name = "score",
        description = "Scores every module of an adapter and shows which a prune would remove. Changes nothing.")
final class ScoreCommand extends RunSupport implements Callable<Integer> {

    @Mixin
    SelectionOptions selection;

    @Override
    SelectionOptions selection() {
        return selection;
    }

    @Override
    public Integer call() throws IOException {
        ScoreOptions options = scoreOptions(client.choice.client().demands().action());
        prepareReport();
        return show(splora().score(options));
    }
}
