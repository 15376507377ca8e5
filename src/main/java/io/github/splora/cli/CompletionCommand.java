package io.github.splora.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code splora completion}. */
@Command(
        name = "completion",
        description =
                "Prints a completion script: add 'source <(splora completion bash)' to ~/.bashrc, or the same with"
                        + " zsh to ~/.zshrc.")
final class CompletionCommand implements Callable<Integer> {

    /** Shells that the script is for. */
    enum Shell {
        bash,
        zsh
    }

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    Shell shell;

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        // picocli's script sets up bash's completion functions itself when zsh runs it.
        root.getOut().print(AutoComplete.bash("splora", root));
        root.getOut().flush();
        return ExitCode.DONE;
    }
}
