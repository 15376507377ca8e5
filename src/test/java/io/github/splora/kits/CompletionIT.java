package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the completion script in the shells that it supports. */
class CompletionIT {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "splora pr; prune",
                "splora score --fail; --fail-on",
                "splora score --metric c; cosine",
                "splora prune --act; --action",
                "splora completion z; zsh",
            })
    void bashCompletes(String line, String expected) throws Exception {
        assertThat(complete("bash", "", line)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"splora pr; prune", "splora score --metric c; cosine"})
    void zshCompletes(String line, String expected) throws Exception {
        assumeTrue(Shell.has("zsh"), "zsh is not installed");
        assertThat(complete("zsh", "autoload -U +X compinit && compinit -u -D\n", line))
                .contains(expected);
    }

    /** Calls the script's function as the shell does when Tab is pressed at the end of the line. */
    private static List<String> complete(String shell, String setUp, String line) throws Exception {
        String script = setUp + "source <(splora completion " + shell + ") || exit 9\n"
                + "COMP_WORDS=(" + line + "); COMP_CWORD=" + (line.split(" ").length - 1) + "; COMP_LINE='" + line
                + "'\n"
                + "COMP_POINT=${#COMP_LINE}\n"
                + "[ -z \"$ZSH_VERSION\" ] || setopt KSH_ARRAYS\n"
                + "_complete_splora; printf '%s\\n' \"${COMPREPLY[@]}\"\n";
        Shell run = Shell.run(Shell.HOME, Shell.environment(), List.of(shell, "-c", script));
        assertThat(run.code()).as(run.err()).isZero();
        return run.out().lines().map(String::strip).toList();
    }
}
