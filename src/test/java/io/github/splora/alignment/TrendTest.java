package io.github.splora.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TrendTest {

    @Test
    void aGeometricProgressionIsSummedUp() {
        Trend trend = new Trend();
        assertThat(trend.remaining()).isInfinite();
        double change = 1;
        for (int i = 0; i < 9; i++) {
            change *= 0.8;
            trend.add(change);
        }
        assertThat(trend.ratio()).isCloseTo(0.8, within(1e-12));
        assertThat(trend.remaining()).isCloseTo(4 * change, within(1e-12));
    }

    @Test
    void whatFallsFastMayChangeOnceMoreByAsMuch() {
        Trend trend = new Trend();
        trend.add(1);
        trend.add(0.01);
        assertThat(trend.remaining()).isEqualTo(0.01);
    }

    @Test
    void whatDoesNotFallIsFarFromTheEnd() {
        Trend trend = new Trend();
        trend.add(1e-3);
        trend.add(1e-3);
        assertThat(trend.remaining()).isGreaterThan(1e-2);
    }

    @Test
    void whatStandsStillIsAtItsEnd() {
        Trend trend = new Trend();
        trend.add(0);
        trend.add(0);
        assertThat(trend.remaining()).isZero();
    }

    @Test
    void aNegativeChangeIsRounding() {
        Trend trend = new Trend();
        trend.add(1e-3);
        trend.add(-1e-16);
        assertThat(trend.ratio()).isZero();
        assertThat(trend.remaining()).isZero();
        trend.add(1e-16);
        assertThat(trend.remaining()).isLessThan(1e-15);
    }

    @Test
    void aChangeOverSeveralStepsIsDividedAmongThem() {
        Trend trend = new Trend();
        for (int i = 0; i < 6; i++) {
            trend.add(Math.pow(0.5, i));
        }
        trend.add(Math.pow(0.5, 6) + Math.pow(0.5, 7), 2);
        assertThat(trend.ratio()).isCloseTo(0.5, within(1e-12));
        assertThat(trend.remaining()).isCloseTo(Math.pow(0.5, 7), within(1e-12));
    }
}
