package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

/** Help texts name the defaults that actions have. */
class HelpVariablesTest {

    @Test
    void defaultsAreNamedWithTheActionsThatHaveThem() {
        ResourceBundle variables = new HelpVariables();
        assertThat(variables.getString("default-of.strength"))
                .isEqualTo("0.5 for scale; 1 for project, attenuate; 0.8 for deflate, repair");
        assertThat(variables.getString("default-of.energy")).isEqualTo("0.95 for attenuate");
        assertThat(variables.getString("default-of.gain")).isEqualTo("auto for deflate, repair");
    }

    @Test
    void theHelpOfPruneHasThem() {
        assertThat(Run.of("prune", "--help-all").out().replaceAll("\\s+", " "))
                .contains("Default: 0.5 for scale; 1 for project, attenuate; 0.8 for deflate, repair.")
                .contains("Default: auto for deflate, repair.")
                .contains("Default: 0.3 for restore, repair; 0 for confine.")
                .contains("Default: 16 for restore, repair, confine.")
                .doesNotContain("${");
    }
}
