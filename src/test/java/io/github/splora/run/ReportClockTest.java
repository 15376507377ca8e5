package io.github.splora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportClockTest {

    @Test
    void theEnvironmentFixesTheTimeAndSetsDurationsToZero() {
        ReportClock clock = ReportClock.of(Map.of("SOURCE_DATE_EPOCH", "1769860800"));
        assertThat(clock.now()).isEqualTo("2026-01-31T12:00:00Z");
        assertThat(clock.seconds(1.5)).isZero();
    }

    @Test
    void otherwiseItIsTheTimeInUtcToTheSecond() {
        ReportClock clock = ReportClock.of(Map.of("SOURCE_DATE_EPOCH", ""));
        assertThat(clock.now()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(Duration.between(Instant.parse(clock.now()), Instant.now())).isLessThan(Duration.ofMinutes(1));
        assertThat(clock.seconds(1.5)).isEqualTo(1.5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "1.5", "99999999999999999999", "9999999999999999", "-1"})
    void aWrongTimeIsNamed(String value) {
        assertThatThrownBy(() -> ReportClock.of(Map.of("SOURCE_DATE_EPOCH", value)))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("SOURCE_DATE_EPOCH")
                .hasMessageContaining(value);
    }
}
