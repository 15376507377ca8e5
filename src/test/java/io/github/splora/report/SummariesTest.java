package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.report.RunReport.Summary;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummariesTest {

    private static ModuleRow row(Double score, Double deltaNorm, String decision) {
        return new ModuleRow(
                "m",
                null,
                "m",
                List.of(1L, 1L),
                1,
                1,
                score,
                null,
                null,
                null,
                null,
                deltaNorm,
                null,
                null,
                null,
                null,
                null,
                decision,
                "");
    }

    @Test
    void aSummaryCountsRowsAndSumsSquaredNorms() {
        assertThat(Summaries.of(List.of(
                        row(2.0, 3.0, "prune"),
                        row(-1.0, 4.0, "keep"),
                        row(1.0, 0.0, "keep"),
                        row(null, null, "keep"))))
                .isEqualTo(new Summary(4, 3, 1, 0.25, 2.0, 1.0, 9.0 / 25, 1.0, null, null));
    }

    @Test
    void figuresThatThereAreNoneOfAreNull() {
        assertThat(Summaries.of(List.of(row(null, null, "keep"))))
                .isEqualTo(new Summary(1, 0, 0, 0, null, null, null, null, null, null));
        assertThat(Summaries.of(List.of(row(null, 0.0, "keep"))).prunedDeltaShare())
                .isNull();
        assertThat(Summaries.of(List.of(row(-2.0, 1.0, "prune"))))
                .isEqualTo(new Summary(1, 1, 1, 1, -2.0, null, 1.0, 1.0, null, null));
    }
}
