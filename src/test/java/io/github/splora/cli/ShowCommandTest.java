package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.report.ReportFormat;
import io.github.splora.report.RunReport;
import io.github.splora.run.TinyRun;
import io.github.splora.score.MetricKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(out.toString()).isEqualTo(format.writer(false).write(RunReport.read(file)));
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
}
