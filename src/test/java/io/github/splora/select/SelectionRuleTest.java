package io.github.splora.select;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SelectionRuleTest {

    @Test
    void aReportNamesTheRuleAndItsFigure() {
        assertThat(new SelectionRule.Above(0.5))
                .extracting(SelectionRule::label, SelectionRule::value)
                .containsExactly("threshold", 0.5);
        assertThat(new SelectionRule.Highest(10))
                .extracting(SelectionRule::label, SelectionRule::value)
                .containsExactly("count", 10.0);
        assertThat(new SelectionRule.Share(0.25))
                .extracting(SelectionRule::label, SelectionRule::value)
                .containsExactly("fraction", 0.25);
        assertThat(new SelectionRule.None())
                .extracting(SelectionRule::label, SelectionRule::value)
                .containsExactly("none", null);
    }
}
