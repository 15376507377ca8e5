package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.report.TableLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {

    private static Terminal of(String term, String noColor, String variable, String launcher) {
        return Terminal.of(Map.of("TERM", term, "NO_COLOR", noColor, "COLUMNS", variable), true, true, launcher);
    }

    @ParameterizedTest
    @CsvSource({
        "xterm-256color, '', true, true",
        "xterm, 1, false, true",
        "dumb, '', false, false",
        "'', '', false, false"
    })
    void aTerminalThatCannotDoItGetsNoColorsAndNoCursorControl(
            String term, String noColor, boolean hasColors, boolean movesCursor) {
        Terminal terminal = of(term, noColor, "", "");
        assertThat(terminal.colorsOut()).isEqualTo(hasColors);
        assertThat(terminal.isErrInteractive()).isEqualTo(movesCursor);
    }

    @ParameterizedTest
    @CsvSource({"120, 90, 120", "'', 90, 90", "x, 90, 90", "0, 90, 90", "'', '', 80", "3, 90, 20"})
    void theWidthIsThatOfTheVariableOrOfTheTerminal(String variable, String launcher, int columns) {
        assertThat(of("xterm", "", variable, launcher).columns()).isEqualTo(columns);
    }

    @Test
    void offATerminalNothingIsCut() {
        Terminal piped = Terminal.of(Map.of("TERM", "xterm", "COLUMNS", "40"), false, true, "40");
        assertThat(piped.layout(false)).isEqualTo(TableLayout.PLAIN);
        assertThat(of("dumb", "", "40", "").layout(false)).isEqualTo(new TableLayout(false, 40, false));
    }

    /** Off a terminal, as in a dumb one, progress is plain lines. */
    @Test
    void aDumbTerminalGetsNoEscapeSequences() {
        Run run = Run.on(Terminal.of(Map.of("TERM", "dumb"), true, true, "100"), Run.with("score", Testdata.LLAMA));
        assertThat(run.code()).isZero();
        assertThat(run.out() + run.err()).doesNotContain("\u001b", "\r");
        assertThat(run.out()).contains("... 14 more; --all-rows shows them");
        Run whole = Run.on(
                Terminal.of(Map.of("TERM", "dumb"), true, true, "100"),
                Run.with("score", Testdata.LLAMA, "--all-rows"));
        assertThat(whole.out()).doesNotContain("--all-rows");
    }
}
