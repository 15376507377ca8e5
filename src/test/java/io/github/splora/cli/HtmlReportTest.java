package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {

    @TempDir
    Path folder;

    @Test
    void scoreWritesAReportBesideWhatItPrints() throws IOException {
        Path file = folder.resolve("report.html");
        Run run = Run.of("score", Testdata.LLAMA, "--report", file.toString(), "--fail-on", "pruned>0");
        assertThat(run.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(run.out().lines().toList())
                .containsSubsequence(
                        Run.of("score", Testdata.LLAMA).out().lines().toList());
        assertThat(run.errors())
                .hasSize(2)
                .startsWith("splora: wrote " + file)
                .anyMatch(line -> line.startsWith("splora: gate failed: pruned 6 > 0 (model.layers.0"));
        assertThat(Files.readString(file))
                .contains(
                        "6 of 24 modules to prune",
                        "gate failed: pruned 6 &gt; 0",
                        "<li>model.layers.3.self_attn.k_proj</li>",
                        "splora score --base testdata/");
    }

    @Test
    void pruneMayPutItBesideTheAdapter() {
        Path output = folder.resolve("out");
        Path file = output.resolve("report.html");
        Run run = Run.of("prune", Testdata.LLAMA, "--output", output.toString(), "--report", file.toString());
        assertThat(run.errors()).containsExactly("splora: wrote " + file, "splora: wrote " + output);
        assertThat(output)
                .isDirectoryContaining("glob:**/adapter_model.safetensors")
                .isDirectoryContaining("glob:**/report.html");
    }

    @Test
    void aDryRunWritesTheReportAlone() {
        Path file = folder.resolve("report.html");
        Run run = Run.of(
                "prune",
                Testdata.LLAMA,
                "--output",
                folder.resolve("out").toString(),
                "--dry-run",
                "--report",
                file.toString());
        assertThat(run.errors()).containsExactly("splora: wrote " + file, "splora: dry run: no adapter was written");
        assertThat(folder).isDirectoryNotContaining("glob:**/out");
    }

    @Test
    void aPathThatCannotBeIsRefusedBeforeAnythingIsScored() {
        Run run = Run.of("score", Testdata.LLAMA, "--report", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors())
                .containsExactly("splora: " + folder + ": --report: the report is an HTML file; choose a name"
                        + " that ends in .html");
    }

    @Test
    void theOutputFolderIsNoReport() {
        String path = folder.resolve("out.html").toString();
        Run run = Run.of("prune", Testdata.LLAMA, "--output", path, "--report", path);
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theJsonNamesTheArgumentsAsTheyWereTyped() throws IOException {
        Path arguments = Files.writeString(folder.resolve("inputs.args"), "--base testdata/tiny-llama/base");
        String[] typed = {
            "score",
            "@" + arguments,
            "--aligned",
            Testdata.LLAMA.aligned().toString(),
            "--adapter",
            Testdata.LLAMA.adapter().toString(),
            "--format",
            "json"
        };
        assertThat(Run.of(typed).report().command()).isEqualTo(List.of(typed));
    }

    @Test
    void theHeatmapStandsBelowTheTable() {
        String table = Run.of("score", Testdata.LLAMA).out();
        String out = Run.of("score", Testdata.LLAMA, "--heatmap").out();
        assertThat(out)
                .startsWith(table + "\nscore by type and block: 0 = -1.5847, 9 = 1.9409\n")
                .contains("\n        0         5\nk_proj  8*5 3 6*3 0\n");
    }

    @Test
    void theHeatmapGoesWithNoOtherFormat() {
        Run run = Run.of("score", Testdata.LLAMA, "--heatmap", "--format", "csv");
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.errors().get(0)).isEqualTo("splora: --heatmap requires --format table (got csv)");
    }
}
