package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table on a terminal. */
class TableLayoutTest {

    /** 40 modules, of which every second one is selected; scores rise. */
    private static final RunReport REPORT = Reports.of(IntStream.range(0, 40)
            .mapToObj(i -> Reports.row("model.layers." + i + ".self_attn.q_proj", i / 8.0 + 0.01, i % 2 == 0))
            .toArray(ModuleRow[]::new));

    private static List<String> lines(int width, boolean isWhole) {
        return new TableWriter(new TableLayout(false, width, isWhole))
                .write(REPORT)
                .lines()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 70, 80, 100, 140, 200})
    void noLineIsLongerThanTheTerminal(int width) {
        for (boolean isWhole : new boolean[] {false, true}) {
            assertThat(lines(width, isWhole))
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        }
    }

    @Test
    void moreColumnsAreShownWhereTheyFit() {
        assertThat(String.join("\n", lines(70, false)))
                .contains("score", "cosine", "decision")
                .doesNotContain("|V|");
        assertThat(String.join("\n", lines(140, false))).contains("score", "cosine", "decision", "distance", "|V|");
    }

    /** The end of a name says which module it is. */
    @Test
    void namesAreShortenedAtTheirBeginning() {
        assertThat(lines(50, false)).filteredOn(line -> line.contains("q_proj")).allSatisfy(line -> assertThat(line)
                .matches("[.]{3}.*[.]self_attn[.]q_proj .*"));
    }

    @Test
    void theSummaryComesFirstAndOnlyTheHighestScoresFollow() {
        List<String> lines = lines(100, false);
        assertThat(lines.get(0)).startsWith("20 of 40 modules to prune");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("model."))
                .hasSize(10)
                .first()
                .asString()
                .contains("layers.39.");
        assertThat(lines.get(lines.size() - 1)).isEqualTo("... 30 more (15 of them to prune); --all-rows shows them");
    }

    @Test
    void allRowsAreShownOnDemand() {
        assertThat(lines(100, true))
                .filteredOn(line -> line.startsWith("model."))
                .hasSize(40)
                .first()
                .asString()
                .contains("layers.0.");
        assertThat(String.join("", lines(100, true))).doesNotContain("--all-rows");
    }
}
