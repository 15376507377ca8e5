package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritersTest {

    private static final RunReport REPORT = Reports.of(Reports.PRUNED, Reports.KEPT, Reports.UNSCORED);

    private static final TableLayout COLORED = new TableLayout(true, 0, true);

    @Test
    void aTableIsAligned() {
        assertThat(ReportFormat.TABLE.writer(TableLayout.PLAIN).write(REPORT))
                .isEqualTo(
                        """
        1 of 3 modules to prune (e-diem, alignment, type; score above 0.5)

        score: higher is more misaligned; distance: from the reference; cosine: with the reference; |dW|: norm of the module's\
         delta; |ref|: norm of the reference; |V|: norm of the alignment delta

        module             shape  rank       score   distance   cosine    |dW|   |ref|     |V|  decision
        model.layers.0.q   48x96     8      1.2500     1.5000  -0.1250  3.0000  0.5000  0.5000  prune
        model.layers.11.k   4x96    16  -1.235e+05  1.000e-07   0.0000  4.0000  0.5000  0.5000  keep
        lm_head             8x96     8           -          -        -       -       -       -  keep
        """);
    }

    @Test
    void onlyPrunedRowsAreColored() {
        List<String> lines =
                ReportFormat.TABLE.writer(COLORED).write(REPORT).lines().toList();
        assertThat(lines.get(5)).startsWith("\u001b[31mmodel.layers.0.q ").endsWith("prune\u001b[0m");
        assertThat(String.join("", lines.subList(6, 8))).doesNotContain("\u001b");
    }

    @Test
    void aBarBesideTheScoreComesWithColor() {
        List<String> lines =
                ReportFormat.TABLE.writer(COLORED).write(REPORT).lines().toList();
        assertThat(lines.get(5)).contains("  1.2500  ########     1.5000  ");
        assertThat(lines.get(6)).contains("  -1.235e+05            1.000e-07  ");
    }

    @Test
    void csvHasEveryFigureInFullAndQuotesWhatNeedsIt() {
        assertThat(ReportFormat.CSV.writer(TableLayout.PLAIN).write(REPORT))
                .isEqualTo(String.join(
                        "\r\n",
                        "name,block,type,out,in,rank,scaling,score,distance,expectedDistance,spread,cosine,deltaNorm,referenceNorm,"
                                + "alignmentNorm,correctedRank,correctedNorm,decision,reason,failedGates",
                        "model.layers.0.q,0,q,48,96,8,2.0,1.25,1.5,1.4,0.08,-0.125,3.0,0.5,0.5,,,prune,score 1.250 is above 0.5,",
                        "model.layers.11.k,11,k,4,96,16,0.5,-123456.0,1.0E-7,1.4,0.08,0.0,4.0,0.5,0.5,,,keep,"
                                + "score -1.235e+05 is not above 0.5,",
                        "lm_head,,lm_head,8,96,8,2.0,,,,,,,,,,,keep,\"left out by \"\"--include\"\", or --exclude\",",
                        ""));
    }

    @Test
    void jsonIsTheReportItself() {
        assertThat(ReportFormat.JSON.writer(TableLayout.PLAIN).write(REPORT)).isEqualTo(REPORT.toJson());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "threshold | 0.5  | true  | default rule: score above 0.5",
                "threshold | -1.0 | false | score above -1.0",
                "count     | 10.0 | false | the 10 highest module scores",
                "count     | 1.0  | false | the highest module score",
                "fraction  | 0.25 | false | the highest module scores, fraction 0.25",
                "none      | null | true  | no rule given",
            })
    void theConclusionNamesTheRule(String rule, Double value, boolean isDefault, String words) {
        assertThat(ReportFormat.TABLE.writer(TableLayout.PLAIN).write(Reports.of(rule, value, isDefault, Reports.KEPT)))
                .startsWith("0 of 1 module to prune (e-diem, alignment, type; " + words + ")\n");
    }

    @Test
    void theConclusionDoesNotBlameScoresForASelectionOfAll() {
        assertThat(Sentences.conclusion(Reports.of("all", null, false, Reports.PRUNED)))
                .isEqualTo(
                        "1 of 1 module to prune (all modules, whatever their scores; scores: e-diem, alignment, type)");
    }

    @ParameterizedTest
    @CsvSource({
        "drop,to prune,removed",
        "zero,to prune,set to zero",
        "scale,to scale,scaled down",
        "project,to project,projected",
        "attenuate,to attenuate,attenuated",
        "deflate,to deflate,deflated",
        "restore,to restore,restored",
        "repair,to repair,repaired"
    })
    void whatWasDoneIsSaidInTheActionsOwnWord(String action, String before, String after) {
        RunReport report = Reports.withAction(REPORT, action, null, null, null, null);
        assertThat(Sentences.conclusion(report)).startsWith("1 of 3 modules " + before + " (");
        assertThat(Sentences.conclusion(Reports.done(report))).startsWith("1 of 3 modules " + after + " (");
    }

    @Test
    void aSpreadsheetRunsNothingThatAModuleIsCalled() {
        String csv =
                ReportFormat.CSV.writer(TableLayout.PLAIN).write(Reports.of(Reports.row("=HYPERLINK(1)", -1.0, true)));
        assertThat(csv).contains("'=HYPERLINK(1),").contains(",-1.0,").doesNotContain("\n=");
    }
}
