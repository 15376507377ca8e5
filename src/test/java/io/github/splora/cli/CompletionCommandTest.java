package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void theScriptKnowsEveryCommandAndItsOptions(String shell) {
        Run run = Run.of("completion", shell);
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("#!/usr/bin/env bash")
                .contains(
                        "complete -F _complete_splora",
                        "scan score prune repair sweep fleet calibrate show diff inspect verify presets doctor completion",
                        "'--granularity'");
    }

    @Test
    void anUnknownShellIsWrongUsage() {
        Run run = Run.of("completion", "fish");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors().get(0)).contains("[bash, zsh]").contains("fish");
    }
}
