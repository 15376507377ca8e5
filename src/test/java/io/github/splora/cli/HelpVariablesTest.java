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
                .isEqualTo("0.5 for scale; 1 for project, attenuate, deflate");
        assertThat(variables.getString("default-of.energy")).isEqualTo("0.95 for attenuate; 0.6 for deflate");
        assertThat(variables.getString("default-of.gain")).isEqualTo("1.3 for deflate");
    }

    @Test
    void theHelpOfPruneHasThem() {
        assertThat(Run.of("prune", "--help").out().replaceAll("\\s+", " "))
                .contains("Default: 0.5 for scale; 1 for project, attenuate, deflate.")
                .contains("Default: 1.3 for deflate.")
                .doesNotContain("${");
    }
}
