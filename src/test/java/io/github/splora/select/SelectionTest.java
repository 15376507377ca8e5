package io.github.splora.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.github.splora.error.BadInputException;
import io.github.splora.score.ModuleScore;
import io.github.splora.score.ModuleScore.Unscored;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {

    private static List<Decision> decide(SelectionRule rule, Granularity granularity, List<ModuleScore> scores) {
        return new Selection(rule, granularity).decide(scores);
    }

    private static List<String> pruned(SelectionRule rule, Granularity granularity, Scores scores) {
        return namesPruned(decide(rule, granularity, scores.list()));
    }

    private static List<String> pruned(SelectionRule rule, Scores scores) {
        return pruned(rule, Granularity.MODULE, scores);
    }

    private static List<String> namesPruned(List<Decision> decisions) {
        return decisions.stream()
                .filter(Decision::prune)
                .map(decision -> decision.score().name())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 7})
    void aCountPrunesExactlySoManyModules(int count) {
        List<Decision> decisions = decide(new SelectionRule.Highest(count), Granularity.MODULE, Scores.descending(7));
        assertThat(namesPruned(decisions)).hasSize(count);
    }

    @Test
    void aCountPrunesTheHighestScores() {
        Scores scores = Scores.of("a", -1).and("b", 3).and("c", 0.5).and("d", 2);
        assertThat(pruned(new SelectionRule.Highest(2), scores)).containsExactly("b", "d");
    }

    @Test
    void theFirstNameOfATieGoesFirst() {
        Scores scores = Scores.of("c", 1).and("a", 1).and("d", 1).and("b", 1);
        assertThat(pruned(new SelectionRule.Highest(2), scores)).containsExactly("a", "b");
    }

    @Test
    void zeroAndMinusZeroTie() {
        Scores scores = Scores.of("b", 0.0).and("a", -0.0);
        assertThat(pruned(new SelectionRule.Highest(1), scores)).containsExactly("a");
    }

    @Test
    void aCountAboveTheNumberOfScoredModulesIsRefused() {
        Scores scores = Scores.of("a", 1).and("b", 2).unscored("c", Unscored.ZERO_DELTA);
        assertThatThrownBy(() -> pruned(new SelectionRule.Highest(3), scores))
                .isInstanceOf(BadInputException.class)
                .hasMessage("--count: 3: only 2 modules have a score and can be pruned");
    }

    @Test
    void aCountAboveTheNumberOfBlocksIsRefused() {
        Scores scores = Scores.of("layers.0.q", 1).and("layers.0.k", 2).and("layers.1.q", 2);
        assertThatThrownBy(() -> pruned(new SelectionRule.Highest(3), Granularity.BLOCK, scores))
                .isInstanceOf(BadInputException.class)
                .hasMessage("--count: 3: only 2 blocks have a score and can be pruned");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.049, 0", "0.05, 1", "0.14, 1", "0.15, 2", "0.25, 3", "0.5, 5", "0.94, 9", "0.95, 10", "1, 10"
    })
    void aFractionIsRoundedToTheNearestNumberOfModules(double fraction, int count) {
        List<Decision> decisions = decide(new SelectionRule.Share(fraction), Granularity.MODULE, Scores.descending(10));
        assertThat(namesPruned(decisions)).hasSize(count);
    }

    @Test
    void aFractionIsOneOfTheScoredModulesOnly() {
        Scores scores =
                Scores.of("a", 1).and("b", 2).unscored("c", Unscored.LEFT_OUT).unscored("d", Unscored.LEFT_OUT);
        assertThat(pruned(new SelectionRule.Share(0.5), scores)).containsExactly("b");
    }

    @Test
    void aScoreOfTheThresholdItselfIsKept() {
        Scores scores = Scores.of("at", 0.5).and("above", Math.nextUp(0.5)).and("below", 0.4);
        assertThat(pruned(new SelectionRule.Above(0.5), scores)).containsExactly("above");
    }

    @Test
    void aThresholdNeedNotMatchAnyScore() {
        assertThat(pruned(new SelectionRule.Above(9), Scores.of("a", 1))).isEmpty();
        assertThat(pruned(new SelectionRule.Above(-9), Scores.of("a", 1).and("b", -1)))
                .containsExactly("a", "b");
    }

    @Test
    void withoutARuleEverythingIsKept() {
        List<Decision> decisions = decide(new SelectionRule.None(), Granularity.MODULE, Scores.descending(2));
        assertThat(decisions)
                .extracting(Decision::prune, Decision::reason)
                .containsOnly(tuple(false, "no selection rule was given"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MODULE", "BLOCK"})
    void aModuleWithoutAScoreIsKeptWithTheReason(Granularity granularity) {
        Scores scores = Scores.of("layers.0.q", 5).unscored("layers.0.k", Unscored.ZERO_DELTA);
        List<Decision> decisions = decide(new SelectionRule.Above(0), granularity, scores.list());
        assertThat(namesPruned(decisions)).containsExactly("layers.0.q");
        assertThat(decisions.get(1).reason()).isEqualTo("its delta is zero, so there is nothing to remove");
    }

    @Test
    void decisionsComeInTheOrderOfTheScores() {
        Scores scores = Scores.of("m", 1)
                .unscored("z", Unscored.NO_REFERENCE)
                .and("a", 3)
                .and("k", 2);
        List<Decision> decisions = decide(new SelectionRule.Highest(1), Granularity.MODULE, scores.list());
        assertThat(decisions).extracting(decision -> decision.score().name()).containsExactly("m", "z", "a", "k");
    }

    @Test
    void theReasonNamesTheScoreAndTheRule() {
        List<ModuleScore> scores = Scores.of("a", 1.23456).and("b", 0.1).list();
        assertThat(decide(new SelectionRule.Above(0.5), Granularity.MODULE, scores))
                .extracting(Decision::reason)
                .containsExactly("score 1.235 is above 0.5", "score 0.1000 is not above 0.5");
        assertThat(decide(new SelectionRule.Highest(1), Granularity.MODULE, scores))
                .extracting(Decision::reason)
                .containsExactly("score 1.235 is rank 1 of 2", "score 0.1000 is rank 2 of 2");
    }

    @Test
    void aBlockGoesByTheMeanOfItsModules() {
        // Block 0 has the module with the highest score; block 1 has the highest mean.
        Scores scores = Scores.of("layers.0.q", 9)
                .and("layers.0.k", -9)
                .and("layers.1.q", 1)
                .and("layers.1.k", 2);
        List<Decision> decisions = decide(new SelectionRule.Highest(1), Granularity.BLOCK, scores.list());
        assertThat(namesPruned(decisions)).containsExactly("layers.1.q", "layers.1.k");
        assertThat(decisions.get(2).reason()).isEqualTo("block score 1.500 is rank 1 of 2");
    }

    @Test
    void amongBlocksAModuleOutsideAnyBlockStandsForItself() {
        Scores scores = Scores.of("layers.0.q", 1)
                .and("layers.0.k", 1)
                .and("lm_head", 3)
                .and("score", 2);
        assertThat(pruned(new SelectionRule.Highest(1), Granularity.BLOCK, scores))
                .containsExactly("lm_head");
        assertThat(pruned(new SelectionRule.Above(0.5), Granularity.BLOCK, scores))
                .containsExactly("layers.0.q", "layers.0.k", "lm_head", "score");
    }

    @Test
    void blocksOfEqualNumberInTwoStacksAreTwoBlocks() {
        Scores scores = Scores.of("encoder.block.0.q", 5)
                .and("encoder.block.0.k", 5)
                .and("decoder.block.0.q", 1)
                .and("decoder.block.0.k", 1);
        assertThat(pruned(new SelectionRule.Highest(1), Granularity.BLOCK, scores))
                .containsExactly("encoder.block.0.q", "encoder.block.0.k");
    }

    @Test
    void aFractionOfBlocksCountsBlocks() {
        Scores scores = Scores.of("layers.0.q", 1)
                .and("layers.1.q", 2)
                .and("layers.1.k", 2)
                .and("layers.1.v", 2);
        assertThat(pruned(new SelectionRule.Share(0.5), Granularity.BLOCK, scores))
                .containsExactly("layers.1.q", "layers.1.k", "layers.1.v");
    }

    @Test
    void projectionsThatAreFusedGoTogetherByTheirMean() {
        Scores scores = Scores.of("layers.0.attn.q_proj", 5)
                .and("layers.0.attn.v_proj", -3)
                .and("layers.0.attn.o_proj", 2)
                .and("layers.1.attn.q_proj", 4)
                .and("layers.1.attn.v_proj", 1);
        List<Decision> decisions = decide(new SelectionRule.Highest(2), Granularity.FUSION, scores.list());
        assertThat(namesPruned(decisions))
                .containsExactly("layers.0.attn.o_proj", "layers.1.attn.q_proj", "layers.1.attn.v_proj");
        assertThat(decisions.get(0).reason()).isEqualTo("fusion score 1.000 is rank 3 of 3");
    }
}
