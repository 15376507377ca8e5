package io.github.splora.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import io.github.splora.report.SweepTable;
import io.github.splora.statistics.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SweepReportTest {

    private static SweepReport report(List<String> requirements, double[]... harmAndUse) {
        List<Trial> trials = new ArrayList<>();
        for (double[] pair : harmAndUse) {
            trials.add(
                    pair == null
                            ? new Trial(
                                    trials.size(),
                                    "--x " + trials.size(),
                                    "drop",
                                    1,
                                    Map.of(),
                                    1.0,
                                    null,
                                    "ended with 1",
                                    false,
                                    false)
                            : new Trial(
                                    trials.size(),
                                    trials.isEmpty() ? "" : "--x " + trials.size(),
                                    "drop",
                                    trials.size(),
                                    Map.of("asr", pair[0], "utility", pair[1]),
                                    1.0,
                                    null,
                                    null,
                                    false,
                                    false));
        }
        Goal goal = new Goal(
                "asr",
                "utility",
                requirements.stream()
                        .map(Condition::parse)
                        .flatMap(Optional::stream)
                        .toList());
        return SweepReport.of(
                "splora 1",
                "2026-01-31T12:00:00Z",
                List.of(),
                "adapter",
                Optional.of("cmd {adapter}"),
                goal,
                trials,
                2);
    }

    private static double[] at(double harm, double use) {
        return new double[] {harm, use};
    }

    private static List<Integer> front(SweepReport report) {
        return report.trials().stream()
                .filter(Trial::onFront)
                .map(Trial::number)
                .toList();
    }

    @Test
    void theFrontIsWhatNothingBeats() {
        SweepReport report = report(List.of(), at(1, 1), at(0.5, 0.9), at(0.6, 0.8), at(0.1, 0.2), at(0.1, 0.1));
        assertThat(front(report)).containsExactly(0, 1, 3);
    }

    @Test
    void equalsAreBothOnTheFrontAndTheOneWithFewerModulesIsBest() {
        SweepReport report = report(List.of(), at(1, 0.5), at(0.5, 0.9), at(0.5, 0.9));
        assertThat(front(report)).containsExactly(1, 2);
        assertThat(report.winner()).isEqualTo(1);
    }

    @Test
    void theBestIsTheMostUsefulOfThoseThatMeetTheRequirements() {
        SweepReport report = report(List.of("asr<=0.3", "utility>0.1"), at(1, 1), at(0.3, 0.7), at(0.2, 0.9), at(0, 0));
        assertThat(report.winner()).isEqualTo(2);
        assertThat(report.trials()).extracting(Trial::meetsRequirements).containsExactly(false, true, true, false);
        assertThat(report.conclusion()).isEqualTo("4 candidates, 4 evaluations; best: 2 (--x 2)");
    }

    @Test
    void whereNoneMeetsThemThereIsNoBest() {
        SweepReport report = report(List.of("asr<0.3"), at(1, 1), at(0.3, 0.7));
        assertThat(report.winner()).isNull();
        assertThat(report.conclusion()).isEqualTo("2 candidates, 2 evaluations; no candidate meets asr<0.3");
    }

    @Test
    void whatFailedIsReportedAndNeitherOnTheFrontNorBest() {
        SweepReport report = report(List.of(), at(1, 1), null);
        assertThat(front(report)).containsExactly(0);
        assertThat(report.conclusion())
                .isEqualTo("2 candidates, 2 evaluations, 1 failed; best: 0 (the unchanged adapter)");
        assertThat(SweepTable.plain(report)).contains("failed: ended with 1");
    }

    @Test
    void oneCandidateIsSingular() {
        assertThat(report(List.of(), at(1, 1)).conclusion())
                .isEqualTo("1 candidate, 1 evaluation; best: 0 (the unchanged adapter)");
    }

    @Test
    void tablesHaveARowForEachCandidate() {
        SweepReport report = report(List.of(), at(1, 1), at(0.5, 0.123456));
        assertThat(SweepTable.plain(report).lines())
                .hasSize(5)
                .element(2)
                .asString()
                .isEqualTo("     1  *           1  0.5000   0.1235  --x 1");
        assertThat(SweepTable.csv(report))
                .isEqualTo("number,mark,modules,asr,utility,options,note\r\n"
                        + "0,!,0,1.0,1.0,(the unchanged adapter),\r\n1,*,1,0.5,0.123456,'--x 1,\r\n");
        assertThat(SweepTable.markdown(report))
                .contains("| number | mark | modules | asr | utility | options | note |\n| --- |")
                .contains("| 1 | \\* | 1 | 0.5000 | 0.1235 | \\--x 1 |  |");
    }

    @Test
    void aSpreadsheetTakesOptionsForTextAndNegativeFiguresForNumbers() {
        assertThat(SweepTable.csv(report(List.of(), at(1, 1), at(-0.5, 2)))).contains(",-0.5,2.0,'--x 1,");
    }

    @Test
    void theDocumentHasEveryFieldThatItsDescriptionNames() {
        ObjectNode json = StrictJson.toTree(report(List.of("asr<1"), at(1, 1)));
        assertThat(json.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly(
                        "schemaVersion",
                        "tool",
                        "created",
                        "command",
                        "adapter",
                        "evaluate",
                        "minimize",
                        "maximize",
                        "requirements",
                        "maxUtilityLoss",
                        "trials",
                        "winner",
                        "confirmation",
                        "evaluations",
                        "totalSeconds");
    }

    @Test
    void aGoalIsMetByFiguresThatMeetAllOfItsRequirements() {
        Goal goal =
                new Goal("asr", "utility", List.of(Condition.parse("asr<=0.05").orElseThrow()));
        assertThat(goal.isMetBy(Map.of("asr", 0.05), Map.of())).isTrue();
        assertThat(goal.isMetBy(Map.of("asr", 0.06), Map.of())).isFalse();
        assertThat(goal.isMetBy(Map.of("other", 0.05), Map.of())).isFalse();
    }

    @Test
    void anEvaluationThatLacksAFigureOfTheGoalHasFailed() {
        Goal goal =
                new Goal("asr", "utility", List.of(Condition.parse("old>0.5").orElseThrow()));
        Evaluation checked = goal.checked(new Evaluation(Map.of("asr", 0.5), 1, null));
        assertThat(checked.failure()).isEqualTo("did not print [utility, old], only [asr]");
        assertThat(Stream.of(goal.figures()).toList().get(0)).containsExactly("asr", "utility", "old");
    }
}
