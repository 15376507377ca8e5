package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeatmapWriterTest {

    private static String map(ModuleRow... rows) {
        return new HeatmapWriter(false).write(Reports.of(rows));
    }

    @Test
    void eachModuleIsADigitAtItsBlockAndType() {
        assertThat(map(
                        Reports.row("model.layers.0.q_proj", 1.0, true),
                        Reports.row("model.layers.0.v_proj", -1.0, false),
                        Reports.row("model.layers.1.q_proj", 0.1, false),
                        Reports.row("model.layers.2.v_proj", null, false),
                        Reports.row("lm_head", 0.3, true)))
                .isEqualTo(
                        """

            score by type and block: 0 = -1.0000, 9 = 1.0000
            * = to prune, - = no score

                     0
            q_proj   9*5
            v_proj   0   -

                     -
            lm_head  6*
            """);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 80, 126})
    void eightyColumnsAreEnoughForAnyModel(int blocks) {
        RunReport report = Reports.large(blocks);
        String map = new HeatmapWriter(false).write(report);
        assertThat(map.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(map).matches(text -> text.chars().allMatch(c -> c < 128));
        String cells = map.lines()
                .filter(line -> line.contains("_proj"))
                .map(line -> line.substring(line.indexOf("proj") + 4))
                .reduce("", String::concat);
        assertThat(cells.chars().filter(Character::isDigit).count()).isEqualTo(blocks * 7L);
        assertThat(cells.chars().filter(c -> c == '*').count())
                .isEqualTo(report.summary().pruned());
    }

    @Test
    void modulesOfOneTypeInABlockAreToldApart() {
        assertThat(map(
                        Reports.row("decoder.block.0.layer.0.SelfAttention.q", 1.0, true),
                        Reports.row("decoder.block.0.layer.1.EncDecAttention.q", 0.0, false),
                        Reports.row("encoder.block.0.layer.0.SelfAttention.q", 0.5, false)))
                .contains(
                        "\ndecoder.block\n",
                        "\nSelfAttention.q    9*\n",
                        "\nEncDecAttention.q  0\n",
                        "\nencoder.block\n",
                        "\nSelfAttention.q    5\n");
    }

    @Test
    void colorIsAddedToTheDigitsAndDoesNotReplaceThem() {
        RunReport report = Reports.large(3);
        String colored = new HeatmapWriter(true).write(report);
        assertThat(colored).contains("\u001b[38;5;16;48;5;");
        assertThat(colored.replaceAll("\u001b\\[[0-9;]*m", "").replaceAll(" +\n", "\n"))
                .isEqualTo(new HeatmapWriter(false).write(report));
    }

    @Test
    void eachStackStandsByItself() {
        String map = map(
                Reports.row("decoder.block.0.q", 1.0, true), Reports.row("encoder.block.0.q", 0.0, false),
                Reports.row("decoder.block.1.q", 0.5, false), Reports.row("encoder.block.1.q", 0.5, false));
        assertThat(map.lines().filter(line -> line.endsWith("coder.block")))
                .containsExactly("decoder.block", "encoder.block");
        assertThat(map).contains("\nq  9*5\n", "\nq  0 5\n");
    }

    @Test
    void aNameCannotReachTheTerminal() {
        assertThat(map(Reports.row("enc\u001b[2J.0.q\u001b[31m\u202e", 1.0, true), Reports.row("dec.0.q", 0.0, false)))
                .doesNotContain("\u001b", "\u202e");
    }
}
