package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreScaleTest {

    @Test
    void aScaleGoesFromTheLowestScoreToTheHighest() {
        ScoreScale scale = ScoreScale.of(List.of(3.0, -1.0, 1.0, 2.0));
        assertThat(scale).isEqualTo(new ScoreScale(-1, 3, false));
        assertThat(scale.level(-1)).isZero();
        assertThat(scale.level(1)).isEqualTo(5);
        assertThat(scale.level(3)).isEqualTo(9);
    }

    @Test
    void anOutlierDoesNotStretchIt() {
        ScoreScale scale = ScoreScale.of(List.of(1.0, 2.0, 3.0, 4.0, 1000.0));
        assertThat(scale).isEqualTo(new ScoreScale(1, 4, true));
        assertThat(scale.level(1000)).isEqualTo(9);
    }

    @Test
    void equalScoresOrNoneMakeAScaleToo() {
        assertThat(ScoreScale.of(List.of(2.0, 2.0))).isEqualTo(new ScoreScale(1.5, 2.5, false));
        assertThat(ScoreScale.of(List.of())).isEqualTo(new ScoreScale(-0.5, 0.5, false));
    }
}
