package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.report.ReportFormat;
import io.github.splora.report.RunReport;
import io.github.splora.report.TableLayout;
import io.github.splora.run.TinyRun;
import io.github.splora.score.MetricKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShowCommandTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int show(Path file, String... more) {
        String[] args = new String[2 + more.length];
        args[0] = "show";
        args[1] = file.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        return Main.run(args, new PrintWriter(out), new PrintWriter(err), new HubCache(folder), Terminal.NONE);
    }

    private Path saved(String old, String replacement) throws IOException {
        RunReport report = TinyRun.score(TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.empty()));
        return Files.writeString(folder.resolve("scores.json"), report.toJson().replaceFirst(old, replacement));
    }

    @ParameterizedTest
    @EnumSource(ReportFormat.class)
    void showsWhatTheRunItselfWouldHaveShown(ReportFormat format) throws IOException {
        Path file = saved("", "");
        assertThat(show(file, "--format", format.toString())).isZero();
        assertThat(out.toString()).isEqualTo(format.writer(TableLayout.PLAIN).write(RunReport.read(file)));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFieldOfALaterVersionIsPassedOver() throws IOException {
        assertThat(show(saved("\"decision\"", "\"hue\": 3, \"decision\""))).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tool", "metric", "parameters", "inputs", "engine", "modules", "summary", "timing", "shape"})
    void aReportWithAPartMissingIsBadInput(String part) throws IOException {
        Path file = saved("\"" + part + "\":", "\"other\":");
        assertThat(show(file)).isEqualTo(4);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .isEqualTo("splora: " + file
                        + ": parts of the report are missing; run 'splora score --format json' again"
                        + System.lineSeparator());
    }

    @Test
    void whatIsNotThereIsBadInput() {
        assertThat(show(Path.of("/no/scores.json"))).isEqualTo(4);
        assertThat(err.toString()).startsWith("splora: /no/scores.json: no such file");
    }

    @Test
    void aFolderThatAPruneWroteStandsForItsReport() {
        Path out1 = folder.resolve("pruned");
        Run prune = Run.of("prune", Testdata.LLAMA, "--output", out1.toString(), "--format", "csv");
        assertThat(Run.of("show", out1.toString(), "--format", "csv").out()).isEqualTo(prune.out());
    }

    @Test
    void aFolderOfSuchFoldersStandsForAllOfThem() {
        for (String name : List.of("one", "two")) {
            Run.of(
                    "prune",
                    Testdata.LLAMA,
                    "--output",
                    folder.resolve("fleet").resolve(name).toString());
        }
        assertThat(Run.of("show", folder.resolve("fleet").toString(), "--format", "json")
                        .json()
                        .get("reports"))
                .hasSize(2);
    }

    @Test
    void aFolderWithoutAReportIsBadInput() {
        Run run = Run.of("show", folder.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("holds no splora-report.json");
    }

    @Test
    void standardInputIsRead() throws IOException {
        Path file = saved("", "");
        InputStream before = System.in;
        try (InputStream in = Files.newInputStream(file)) {
            System.setIn(in);
            assertThat(Run.of("show", "-", "--format", "csv").out())
                    .isEqualTo(
                            Run.of("show", file.toString(), "--format", "csv").out());
            System.setIn(new ByteArrayInputStream("{".getBytes(StandardCharsets.UTF_8)));
            Run damaged = Run.of("show", "-");
            assertThat(damaged.code()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(damaged.err()).startsWith("splora: standard input: ");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void gatesAreAppliedToASavedReport() throws IOException {
        Path file = saved("", "");
        Run failed = Run.of("show", file.toString(), "--fail-on", "pruned>0");
        assertThat(failed.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(failed.err()).contains("gate failed: pruned 6 > 0");
        assertThat(Run.of("show", file.toString(), "--fail-on", "pruned>6").code())
                .isZero();
    }

    /** Without --fail-on, it only shows why the run failed. */
    @Test
    void anEarlierVerdictIsShown() throws IOException {
        Path file = Files.writeString(
                folder.resolve("failed.json"),
                Run.of("score", Testdata.LLAMA, "--format", "json", "--fail-on", "pruned>0")
                        .out());
        Run run = Run.of("show", file.toString());
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("gate failed: pruned 6 > 0");
    }

    @Test
    void aPageIsThatOfTheRunItself() throws IOException {
        Path page = folder.resolve("page.html");
        Run run = Run.of("show", saved("", "").toString(), "--report", page.toString());
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("wrote " + page);
        assertThat(page).content().contains("<!DOCTYPE html>", "q_proj");
    }

    @Test
    void aSweepIsShownInEveryFormatAndAsAPage() throws IOException {
        String[] sweep = Run.with("sweep", Testdata.LLAMA, "--candidate", "--count {1,2}");
        Path file = Files.writeString(
                folder.resolve("sweep.json"),
                Run.of(Run.join(sweep, "--format", "json")).out());
        assertThat(Run.of("show", file.toString(), "--format", "csv").out())
                .isEqualTo(Run.of(Run.join(sweep, "--format", "csv")).out());
        Path page = folder.resolve("sweep.html");
        assertThat(Run.of("show", file.toString(), "--report", page.toString()).code())
                .isZero();
        assertThat(page).content().contains("<!DOCTYPE html>", "--count 2");
        assertThat(Run.of("show", file.toString(), "--fail-on", "pruned>0").code())
                .isEqualTo(ExitCode.WRONG_USAGE);
        Files.writeString(file, Files.readString(file).replace("\"minimize\"", "\"other\""));
        assertThat(Run.of("show", file.toString()).err()).contains("parts of the sweep are missing");
    }
}
