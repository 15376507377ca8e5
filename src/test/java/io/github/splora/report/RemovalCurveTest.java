package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.report.RemovalCurve.Step;
import io.github.splora.score.ModuleScore;
import io.github.splora.select.Decision;
import io.github.splora.select.Granularity;
import io.github.splora.select.Selection;
import io.github.splora.select.SelectionRule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RemovalCurveTest {

    private static long pruned(RunReport report, SelectionRule rule) {
        List<ModuleScore> scores = report.modules().stream()
                .map(ModuleRow::toScore)
                .flatMap(Optional::stream)
                .toList();
        return new Selection(rule, Granularity.MODULE)
                .decide(scores).stream().filter(Decision::prune).count();
    }

    @Test
    void everyThresholdAndCountRemovesWhatTheCurveSays() {
        RunReport report = Reports.large(5);
        RemovalCurve curve = RemovalCurve.of(report);
        assertThat(curve.steps()).hasSize(36).allSatisfy(step -> {
            assertThat(step.modules()).isEqualTo(step.count());
            assertThat(pruned(report, new SelectionRule.Above(step.threshold())))
                    .isEqualTo(step.modules());
            assertThat(pruned(report, new SelectionRule.Highest(step.count()))).isEqualTo(step.modules());
        });
    }

    @Test
    void theChosenStepIsTheSummary() {
        RunReport report = Reports.large(5);
        RemovalCurve curve = RemovalCurve.of(report);
        assertThat(curve.steps().get(curve.chosen()))
                .isEqualTo(new Step(
                        curve.chosen(),
                        report.summary().pruned(),
                        report.summary().prunedDeltaShare(),
                        0.5));
    }

    @Test
    void noThresholdSeparatesATie() {
        RemovalCurve curve = RemovalCurve.of(Reports.of(
                "count",
                1.0,
                false,
                Reports.row("a.0.q", 1.0, true),
                Reports.row("a.1.q", 1.0, false),
                Reports.row("a.2.q", 0.0, false)));
        assertThat(curve.steps()).extracting(Step::threshold).containsExactly(1.0, null, 0.5, -0.05);
        assertThat(curve.chosen()).isEqualTo(1);
    }

    @Test
    void blocksGoAsOne() {
        RunReport modules = Reports.of(
                Reports.row("a.0.q", 3.0, true),
                Reports.row("a.0.k", -1.0, true),
                Reports.row("a.1.q", 0.5, false),
                Reports.row("a.2.q", null, false));
        RunReport report = Reports.changed(modules, json -> ((ObjectNode) json.get("parameters"))
                .put("granularity", "block")
                .put("rule", "count")
                .put("value", 1.0));
        RemovalCurve curve = RemovalCurve.of(report);
        assertThat(curve.steps())
                .containsExactly(new Step(0, 0, 0.0, 1.0), new Step(1, 2, 0.5, 0.8), new Step(2, 3, 0.75, 0.47));
        assertThat(curve.chosen()).isEqualTo(1);
    }
}
