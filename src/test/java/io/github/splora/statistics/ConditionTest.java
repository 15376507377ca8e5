package io.github.splora.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

    @ParameterizedTest
    @CsvSource({
        "asr<=0.05, 0.05, true",
        "asr<0.05, 0.05, false",
        "asr >= 1e-3, 0.001, true",
        "asr>0.05, 0.05, false",
        "asr=0.05, 0.05, true",
        "asr == 0.05, 0.06, false"
    })
    void comparesAFigureWithALimit(String text, double value, boolean isMet) {
        Condition condition = Condition.parse(text).orElseThrow();
        assertThat(condition.isMetBy(value)).isEqualTo(isMet);
        assertThat(condition.isMetBy(null)).isFalse();
    }

    @Test
    void keepsWhatTheUserWrote() {
        Condition condition = Condition.parse(" max-score >= 1e-1 ").orElseThrow();
        assertThat(condition).isEqualTo(new Condition("max-score >= 1e-1", "max-score", ">=", 0.1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"asr", "asr!0.5", "asr<", "<0.5", "a b<0.5", "asr<0.5 and b<1", ""})
    void otherTextIsNoCondition(String text) {
        assertThat(Condition.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"e", "0.5.5", "1-2"})
    void aLimitThatIsNotANumberIsRefused(String limit) {
        assertThatThrownBy(() -> Condition.parse("asr<" + limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + limit + "' is not a number");
    }

    @Test
    void anInfiniteLimitIsRefused() {
        assertThatThrownBy(() -> Condition.parse("asr<=1e999"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'1e999' is beyond every figure");
    }
}
