package io.github.splora.report.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ShellWordsTest {

    @Test
    void onlyWhatNeedsQuotesGetsThem() {
        assertThat(ShellWords.join(
                        List.of("score", "--base", "org/Model-1.0@main", "--fail-on", "pruned>0", "it's", "")))
                .isEqualTo("score --base org/Model-1.0@main --fail-on 'pruned>0' 'it'\\''s' ''");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aShellReadsTheSameArguments() throws Exception {
        List<String> arguments = List.of("a b", "$HOME", "`id`", "'", "\"", "\\", "~", "*", "a\nb", "--x=ü;#", "!");
        Process shell = new ProcessBuilder("sh", "-c", "printf '%s\\0' " + ShellWords.join(arguments)).start();
        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\0"))
                .containsExactlyElementsOf(arguments);
    }
}
