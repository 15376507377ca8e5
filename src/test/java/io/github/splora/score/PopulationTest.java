package io.github.splora.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.measure.Measurement;
import io.github.splora.statistics.Estimators;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PopulationTest {

    private final List<Measurement> queries = List.of(
            Measurements.at("layers.0.q_proj", 1), Measurements.at("layers.1.q_proj", 2),
            Measurements.at("layers.2.q_proj", 3), Measurements.at("layers.3.q_proj", 4));
    private final List<Measurement> keys = List.of(
            Measurements.at("layers.0.k_proj", 10), Measurements.at("layers.1.k_proj", 20),
            Measurements.at("layers.2.k_proj", 30), Measurements.at("layers.3.k_proj", 40));

    @Test
    void aModuleIsJudgedAgainstItsOwnType() {
        Map<Measurement, Moments> moments = new TypePopulation().moments(both(queries, keys), Estimators.DEFAULT);

        assertThat(moments.get(queries.get(0)).center()).isEqualTo(2.5);
        assertThat(moments.get(keys.get(0)).center()).isEqualTo(25);
    }

    @Test
    void theSameTypeInAnotherShapeIsAnotherGroup() {
        List<Measurement> wide = List.of(
                Measurements.at("mlp.0.q_proj", 8, 4, 100), Measurements.at("mlp.1.q_proj", 8, 4, 200),
                Measurements.at("mlp.2.q_proj", 8, 4, 300), Measurements.at("mlp.3.q_proj", 8, 4, 400));

        Map<Measurement, Moments> moments = new TypePopulation().moments(both(queries, wide), Estimators.DEFAULT);

        assertThat(moments.get(queries.get(0)).center()).isEqualTo(2.5);
        assertThat(moments.get(wide.get(0)).center()).isEqualTo(250);
    }

    @Test
    void aGroupOfThreeIsJudgedAgainstAll() {
        Map<Measurement, Moments> moments =
                new TypePopulation().moments(both(queries, keys.subList(0, 3)), Estimators.DEFAULT);

        assertThat(moments.get(queries.get(0)).center()).isEqualTo(2.5);
        assertThat(moments.get(keys.get(0)).center()).isEqualTo(10);
    }

    @Test
    void aGroupWithoutSpreadIsJudgedAgainstAll() {
        List<Measurement> equal = List.of(
                Measurements.at("layers.0.v_proj", 5), Measurements.at("layers.1.v_proj", 5),
                Measurements.at("layers.2.v_proj", 5), Measurements.at("layers.3.v_proj", 5));

        Map<Measurement, Moments> moments = new TypePopulation().moments(both(queries, equal), Estimators.DEFAULT);

        assertThat(moments.get(equal.get(0))).isEqualTo(moments(both(queries, equal)));
    }

    @Test
    void allMeansAll() {
        Map<Measurement, Moments> moments = new AllPopulation().moments(both(queries, keys), Estimators.DEFAULT);

        assertThat(moments).hasSize(8);
        assertThat(moments.values()).containsOnly(moments(both(queries, keys)));
    }

    /** A delta that is tiny beside the largest takes no part, but no delta is large enough to leave the others out. */
    @ParameterizedTest
    @CsvSource({"1e-4, 4", "1e-2, 5", "1e9, 5"})
    void onlyWhatIsTinyBesideAlignmentTooTakesNoPart(double norm, int members) {
        List<Measurement> all = both(queries, List.of(Measurements.ofNorm("layers.9.k_proj", norm, 100)));
        List<Measurement> population = members == 4 ? queries : all;

        assertThat(new AllPopulation().moments(all, Estimators.DEFAULT).values())
                .containsOnly(moments(population));
    }

    private static Moments moments(List<Measurement> population) {
        return Moments.of(
                population.stream().map(m -> m.comparison().distance()).toList(), Estimators.DEFAULT);
    }

    private static List<Measurement> both(List<Measurement> first, List<Measurement> second) {
        List<Measurement> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
