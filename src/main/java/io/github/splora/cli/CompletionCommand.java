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
                "Prints a completion script. Add 'source <(splora completion bash)' to ~/.bashrc, or the same line with"
                        + " zsh to ~/.zshrc.")
final class CompletionCommand implements Callable<Integer> {

    /** The shells that the script supports. */
    enum Shell {
        bash,
        zsh
    }

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "Your shell: ${COMPLETION-CANDIDATES}.")
    Shell shell;

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        // When zsh runs picocli's script, the script itself enables bash's completion functions.
        root.getOut().print(AutoComplete.bash("splora", root));
        root.getOut().flush();
        return ExitCode.DONE;
    }
}
