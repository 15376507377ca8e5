package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.splora.run.TinyRun;
import io.github.splora.score.MetricKind;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {

    private static final String BEGIN = "<!-- splora:begin";
    private static final String END = "<!-- splora:end -->";
    private static RunReport two;
    private static RunReport three;
    private static RunReport none;

    @TempDir
    Path folder;

    @BeforeAll
    static void score() {
        two = removing(2);
        three = removing(3);
        none = removing(0);
    }

    private static RunReport removing(int count) {
        return TinyRun.score(
                TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.of(new SelectionRule.Highest(count))));
    }

    private Path card() {
        return folder.resolve("README.md");
    }

    private String updated(RunReport report) throws IOException {
        ModelCard.update(folder, report);
        return Files.readString(card());
    }

    @Test
    void saysWhatWasRemovedWhyAndFromWhat() throws IOException {
        assertThat(updated(two))
                .contains(
                        "## Pruned with splora",
                        "2 of 24 LoRA modules were removed",
                        "the 2 highest module scores",
                        "| `model.layers.0.self_attn.o_proj` | 1.9409 |",
                        "| `model.layers.2.self_attn.q_proj` | 1.5177 |",
                        "splora " + two.tool().version(),
                        two.inputs().base().fingerprint(),
                        two.inputs().aligned().fingerprint(),
                        two.inputs().adapter().sha256(),
                        "does not prove that a model is safe")
                .doesNotContain("layers.1");
    }

    @Test
    void namesNoFolderOfThisMachine() throws IOException {
        assertThat(updated(two))
                .contains("base: `base`", "aligned: `aligned`", "input adapter: `adapter`")
                .doesNotContain("testdata");
    }

    @Test
    void anAdapterWithoutACardGetsOneWithFrontMatterFirst() throws IOException {
        assertThat(updated(two))
                .startsWith("---\nlibrary_name: peft\n---\n\n" + BEGIN)
                .endsWith(END + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "# Title",
                "---\nbase_model: a/b\n---\n\n# Title\n",
                "---\r\ntags:\r\n- x\r\n---\r\n",
                "\ufeff---\na: b\n---\n",
                "text with " + END + "\n",
                "# cut off " + BEGIN + "\n"
            })
    void keepsAllThatIsThere(String old) throws IOException {
        Files.writeString(card(), old);
        assertThat(updated(two)).startsWith(old).endsWith(END + (old.contains("\r\n") ? "\r\n" : "\n"));
    }

    @Test
    void keepsBytesThatAreNoUtf8() throws IOException {
        byte[] old = {'c', 'a', 'f', (byte) 0xe9, (byte) 0x80, (byte) 0xff, '\n'};
        Files.write(card(), old);
        ModelCard.update(folder, two);
        assertThat(Files.readAllBytes(card())).startsWith(old);
        assertThat(new String(Files.readAllBytes(card()), StandardCharsets.UTF_8))
                .contains("norm of ΔW");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void aLaterRunReplacesItsOwnSectionAndNothingElse(String newLine) throws IOException {
        String old = "---" + newLine + "a: b" + newLine + "---" + newLine;
        String rest = newLine + "## Added by hand" + newLine + "ünïcode";
        Files.writeString(card(), old);
        Files.writeString(card(), updated(two) + rest);
        String again = updated(three);
        assertThat(again)
                .startsWith(old)
                .endsWith(END + newLine + rest)
                .contains(newLine + "3 of 24 LoRA modules")
                .doesNotContain("2 of 24 LoRA modules")
                .containsOnlyOnce(BEGIN)
                .containsOnlyOnce(END);
        assertThat(updated(three)).isEqualTo(again);
    }

    @Test
    void aRunThatRemovesNothingLeavesTheCardAlone() throws IOException {
        String first = updated(two);
        assertThat(updated(none)).isEqualTo(first);
        Files.delete(card());
        ModelCard.update(folder, none);
        assertThat(card()).doesNotExist();
    }

    @Test
    void pruneWritesItBehindTheOldCard() throws IOException {
        String old = Files.readString(TinyRun.ADAPTER.resolve("README.md"));
        Path output = folder.resolve("pruned");
        TinyRun.prune(TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.empty()), output);
        assertThat(Files.readString(output.resolve("README.md")))
                .startsWith(old)
                .contains("6 of 24 LoRA modules were removed");

        Path again = folder.resolve("again");
        TinyRun.prune(TinyRun.llama(output, MetricKind.E_DIEM, Optional.of(new SelectionRule.Highest(1))), again);
        assertThat(Files.readString(again.resolve("README.md")))
                .startsWith(old)
                .contains("1 of 18 LoRA modules was removed (")
                .containsOnlyOnce(BEGIN);
    }

    @Test
    void modulesThatAreStillThereAsZerosAreNotCalledRemoved() throws IOException {
        Path output = folder.resolve("zeroed");
        TinyRun.prune(TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.empty()), output, ActionKind.ZERO);
        assertThat(Files.readString(output.resolve("README.md"))).contains("6 of 24 LoRA modules were set to zero");
    }

    @Test
    void marksThatAreNeverClosedTakeNoLongTime() {
        String old = "<!-- splora:begin ".repeat(100_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> assertThat(CardSections.in(old)).isEqualTo(new CardSections(old, -1)));
    }

    @Test
    void aMarkThatWasLeftAloneTakesNoTextAlong() throws IOException {
        String stray =
                "# A\n<!-- splora:begin: the text between these markers is replaced by 'splora prune' -->\nmy own words\n";
        Files.writeString(card(), stray);
        updated(two);
        assertThat(updated(three))
                .startsWith(stray)
                .contains("3 of 24 LoRA modules were removed")
                .doesNotContain("2 of 24 LoRA modules");
    }
}
