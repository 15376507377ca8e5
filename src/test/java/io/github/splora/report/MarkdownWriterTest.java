package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.github.splora.run.TinyRun;
import io.github.splora.score.MetricKind;
import io.github.splora.select.SelectionRule;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MarkdownWriterTest {

    private static RunReport report;

    @BeforeAll
    static void score() {
        report = scored(Optional.empty());
    }

    private static RunReport scored(Optional<SelectionRule> rule) {
        return TinyRun.score(TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, rule));
    }

    private static RunReport with(RunReport report, List<ModuleRow> rows, List<String> warnings) {
        return Reports.changed(Reports.withRows(report, rows), json -> {
            ArrayNode sentences = json.putArray("warnings");
            warnings.forEach(sentences::add);
        });
    }

    private static ModuleRow row(String name, String reason) {
        return row(name, 2.0, reason);
    }

    private static ModuleRow row(String name, Double score, String reason) {
        return new ModuleRow(
                name,
                0,
                "q",
                List.of(4L, 4L),
                1,
                1,
                score,
                1.0,
                1.0,
                1.0,
                0.0,
                1.0,
                1.0,
                1.0,
                null,
                null,
                null,
                "prune",
                reason);
    }

    private static String write(RunReport report) {
        return ReportFormat.MARKDOWN.writer(TableLayout.PLAIN).write(report);
    }

    @Test
    void theSummaryComesFirstThenWhatGoesAndTheRestIsFolded() {
        String text = write(report);
        assertThat(text)
                .startsWith(
                        """
        ### splora: 6 of 24 modules to prune

        e-diem, alignment, type; default rule: score above 0.5

        | modules | scored | to prune | highest score | highest score kept | share of norm(ΔW)² to prune |
        | ---: | ---: | ---: | ---: | ---: | ---: |
        | 24 | 24 | 6 (25.0%) | 1.9409 | 0.4923 | 16.2% |

        14 of 24 modules move against alignment, mean cosine -0.0341

        | module | score | cosine | norm of ΔW | decision |
        | :--- | ---: | ---: | ---: | :--- |
        | `model.layers.0.self_attn.o_proj` | 1.9409 | -0.1649 | 1.0840 | prune: score 1.941 is above 0.5 |
        """);
        String folded = text.substring(
                text.indexOf("<details>\n<summary>All 24 modules</summary>\n\n|"), text.indexOf("\n\n</details>"));
        assertThat(folded.lines().filter(line -> line.startsWith("| `"))).hasSize(24);
        assertThat(text).endsWith("before you ship it.\n");
    }

    @Test
    void whereNothingGoesThereIsNoTableOfIt() {
        assertThat(write(scored(Optional.of(new SelectionRule.Highest(0)))))
                .startsWith("### splora: 0 of 24 modules to prune\n")
                .containsOnlyOnce("| module |");
    }

    @Test
    void aLongListIsCut() {
        List<ModuleRow> rows =
                IntStream.range(0, 25).mapToObj(i -> row("m." + i, "x")).toList();
        assertThat(write(with(report, rows, List.of()))).contains("\n… and 5 more, see below.\n");
    }

    @Test
    void selectedModulesWithoutAScoreComeLast() {
        List<ModuleRow> rows =
                List.of(row("b", null, "x"), row("high", 2.0, "x"), row("a", null, "x"), row("higher", 3.0, "x"));
        assertThat(Markdown.pruned(with(report, rows, List.of())))
                .extracting(ModuleRow::name)
                .containsExactly("higher", "high", "a", "b");
    }

    @Test
    void warningsAreSaid() {
        assertThat(write(with(report, report.modules(), List.of("be *ware*"))))
                .contains("\n> **Warning:** be \\*ware\\*\n");
    }

    @Test
    void noNameBreaksOutOfItsCell() {
        assertThat(write(with(report, List.of(row("a`|\n<img src=x>\u202e", "a|b")), List.of())))
                .contains("| `a'\\|\\n<img src=x>\\u202e` | 2.0000 | 0.0000 | 1.0000 | prune: a\\|b |\n");
    }

    /** GitHub takes 65,536 characters. A 70B model has 80 blocks of 7 projections. */
    @Test
    void theLargestAdaptersFitIntoAComment() {
        List<ModuleRow> rows = IntStream.range(0, 560)
                .mapToObj(i -> row("model.layers." + i / 7 + ".mlp.down_proj", "score -0.5522 is not above 0.5"))
                .toList();
        assertThat(write(with(report, rows, List.of())).length()).isLessThan(65_536);
    }
}
