package io.github.splora.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.error.BadInputException;
import io.github.splora.measure.Comparison;
import io.github.splora.measure.Measurement;
import io.github.splora.score.ModuleScore.Unscored;
import io.github.splora.statistics.Estimators;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private final List<Measurement> four =
            List.of(Measurements.at("a", 1), Measurements.at("b", 2), Measurements.at("c", 3), Measurements.at("d", 6));

    @Test
    void eDiemIsTheDistanceFromTheMeanInInterquartileRanges() {
        List<ModuleScore> scores =
                new EDiem().score(four, new Standardization(new AllPopulation(), Estimators.DEFAULT));

        // mean 3, quartiles 1.75 and 3.75
        assertThat(scores).extracting(ModuleScore::score).containsExactly(-1.0, -0.5, 0.0, 1.5);
        assertThat(scores).extracting(ModuleScore::expectedDistance).containsOnly(3.0);
        assertThat(scores).extracting(ModuleScore::spread).containsOnly(2.0);
    }

    @Test
    void eDiemInventsNoScoreWhereAllDistancesAreEqual() {
        List<Measurement> equal = List.of(Measurements.at("a", 1.4), Measurements.at("b", 1.4));

        assertThat(new EDiem().score(equal, new Standardization(new AllPopulation(), Estimators.DEFAULT)))
                .allSatisfy(score -> {
                    assertThat(score.score()).isNull();
                    assertThat(score.unscored()).isEqualTo(Unscored.NO_SPREAD);
                    assertThat(score.distance()).isEqualTo(1.4);
                });
    }

    @Test
    void cosineIsHigherTheMoreADeltaMovesAgainstItsReference() {
        assertThat(new CosineMetric()
                        .score(four, new Standardization(new AllPopulation(), Estimators.DEFAULT))
                        .get(0)
                        .score())
                .isEqualTo(-0.5);
    }

    @Test
    void cosineHasNoScoreForAReferenceWithoutDirection() {
        Measurement flat = new Measurement(four.get(0).module(), 2, 3, new Comparison(2, null, 0));

        assertThat(new CosineMetric()
                        .score(List.of(flat), new Standardization(new AllPopulation(), Estimators.DEFAULT))
                        .get(0)
                        .unscored())
                .isEqualTo(Unscored.NO_DIRECTION);
    }

    @Test
    void frobeniusIsTheNormOfTheDelta() {
        assertThat(new FrobeniusMetric()
                        .score(four, new Standardization(new AllPopulation(), Estimators.DEFAULT))
                        .get(0)
                        .score())
                .isEqualTo(2);
    }

    @Test
    void modulesThatCannotBeComparedAreReportedAndStayOutOfThePopulation() {
        List<Measurement> measurements = List.of(
                four.get(0),
                four.get(1),
                four.get(2),
                four.get(3),
                Measurements.withoutComparison("empty", 0, 3),
                Measurements.withoutComparison("untouched", 2, 0));

        List<ModuleScore> scores = ScoreBoard.of(
                measurements.stream().map(m -> m.module().tuned()).toList(),
                Set.of(),
                measurements,
                new EDiem(),
                new Standardization(new AllPopulation(), Estimators.DEFAULT),
                Path.of("aligned"));

        assertThat(scores)
                .extracting(ModuleScore::unscored)
                .containsExactly(null, null, null, null, Unscored.ZERO_DELTA, Unscored.NO_REFERENCE);
        assertThat(scores.get(3).score()).isCloseTo(1.5, within(1e-15));
    }

    @Test
    void aModuleThatWasNotMeasuredIsLeftOut() {
        List<ModuleScore> scores = ScoreBoard.of(
                four.stream().map(m -> m.module().tuned()).toList(),
                Set.of(),
                four.subList(0, 3),
                new EDiem(),
                new Standardization(new AllPopulation(), Estimators.DEFAULT),
                Path.of("aligned"));

        assertThat(scores.get(3).unscored()).isEqualTo(Unscored.LEFT_OUT);
        assertThat(scores.get(3).distance()).isNull();
    }

    @Test
    void baseAndAlignedThatAreTheSameAreAnError() {
        List<Measurement> untouched = List.of(Measurements.withoutComparison("a", 2, 0));

        assertThatThrownBy(() -> ScoreBoard.of(
                        List.of(untouched.get(0).module().tuned()),
                        Set.of(),
                        untouched,
                        new EDiem(),
                        new Standardization(new AllPopulation(), Estimators.DEFAULT),
                        Path.of("aligned")))
                .isInstanceOf(BadInputException.class)
                .hasMessage("aligned: none of the 1 selected layers differs from the base checkpoint;"
                        + " check that --base and --aligned name different models");
    }
}
