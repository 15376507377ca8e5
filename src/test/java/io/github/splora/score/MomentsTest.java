package io.github.splora.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.statistics.Center;
import io.github.splora.statistics.Estimators;
import io.github.splora.statistics.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class MomentsTest {

    @Test
    void quartilesAreInterpolatedLikeNumpysAndTorchs() {
        // numpy.quantile([7, 1, 2, 10], [.25, .75]) = [1.75, 7.75]
        Moments moments = Moments.of(List.of(7.0, 1.0, 2.0, 10.0), Estimators.DEFAULT);

        assertThat(moments.center()).isEqualTo(5.0);
        assertThat(moments.spread()).isCloseTo(6.0, within(1e-15));
    }

    @Test
    void medianAndStandardDeviationAreThereForTheAsking() {
        Moments moments = Moments.of(List.of(7.0, 1.0, 2.0, 10.0), new Estimators(Center.MEDIAN, Spread.STD));

        assertThat(moments.center()).isEqualTo(4.5);
        // numpy.std([7, 1, 2, 10], ddof=1)
        assertThat(moments.spread()).isCloseTo(4.242640687119285, within(1e-14));
    }

    @Test
    void oneDistanceHasNoSpreadByEitherEstimator() {
        assertThat(Moments.of(List.of(1.4), new Estimators(Center.MEDIAN, Spread.STD))
                        .hasSpread())
                .isFalse();
    }

    @Test
    void oneDistanceHasNoSpread() {
        assertThat(Moments.of(List.of(1.4), Estimators.DEFAULT).hasSpread()).isFalse();
    }

    @Test
    void differencesOfARoundingAreNoSpread() {
        double d = Math.sqrt(2);
        assertThat(Moments.of(List.of(d, d, Math.nextUp(d), Math.nextUp(d)), Estimators.DEFAULT)
                        .hasSpread())
                .isFalse();
    }

    @Test
    void smallDifferencesAreSpread() {
        assertThat(Moments.of(List.of(1.0, 1.0 + 1e-5, 1.0 + 2e-5, 1.0 + 3e-5), Estimators.DEFAULT)
                        .hasSpread())
                .isTrue();
    }

    /** Distances are computed with errors of up to about 1e-7. */
    @Test
    void differencesOfTheArithmeticAreNoSpread() {
        assertThat(Moments.of(List.of(2.0, 2.0 - 4e-9, 2.0 - 8e-9, 2.0 - 2e-7), Estimators.DEFAULT)
                        .hasSpread())
                .isFalse();
    }
}
