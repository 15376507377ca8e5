package io.github.splora.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

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

    static Stream<SelectionRule> rules() {
        return Stream.of(
                new SelectionRule.None(),
                new SelectionRule.All(),
                new SelectionRule.Above(-1.5),
                new SelectionRule.Highest(0),
                new SelectionRule.Highest(10),
                new SelectionRule.Share(0.25));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aReportsNameAndFigureGiveTheRuleBack(SelectionRule rule) {
        assertThat(SelectionRule.of(rule.label(), rule.value())).contains(rule);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "null, null",
                "other, 1",
                "threshold, null",
                "count, null",
                "count, 1.5",
                "count, -1",
                "count, 3e9",
                "fraction, 1.5",
                "fraction, null",
                "none, 1",
                "all, 1"
            })
    void whatNoRuleIsCalledIsNone(String label, Double value) {
        assertThat(SelectionRule.of(label, value)).isEmpty();
    }

    @Test
    void aRuleThatNoReportCouldNameCannotBeMade() {
        assertThatThrownBy(() -> new SelectionRule.Above(Double.POSITIVE_INFINITY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a threshold must be finite, not Infinity");
        assertThatThrownBy(() -> new SelectionRule.Highest(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a count must be at least 0, not -1");
        assertThatThrownBy(() -> new SelectionRule.Share(1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a fraction must be from 0 to 1, not 1.5");
    }
}
