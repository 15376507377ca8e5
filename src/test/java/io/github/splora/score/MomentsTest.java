package io.github.splora.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MomentsTest {

  @Test
  void quartilesAreInterpolatedLikeNumpysAndTorchs() {
    // numpy.quantile([7, 1, 2, 10], [.25, .75]) = [1.75, 7.75]
    Moments moments = Moments.of(List.of(7.0, 1.0, 2.0, 10.0));

    assertThat(moments.mean()).isEqualTo(5.0);
    assertThat(moments.interquartileRange()).isCloseTo(6.0, within(1e-15));
    assertThat(moments.size()).isEqualTo(4);
  }

  @Test
  void oneDistanceHasNoSpread() {
    assertThat(Moments.of(List.of(1.4)).hasSpread()).isFalse();
  }

  @Test
  void differencesOfARoundingAreNoSpread() {
    double d = Math.sqrt(2);
    assertThat(Moments.of(List.of(d, d, Math.nextUp(d), Math.nextUp(d))).hasSpread()).isFalse();
  }

  @Test
  void smallDifferencesAreSpread() {
    assertThat(Moments.of(List.of(1.0, 1.0 + 1e-9, 1.0 + 2e-9, 1.0 + 3e-9)).hasSpread()).isTrue();
  }
}
