package io.github.splora.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.RunReport;
import io.github.splora.score.MetricKind;
import io.github.splora.surgery.ActionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproducibleReportTest {

    @TempDir
    Path folder;

    @Test
    void withAFixedTimeTheSameInputsGiveTheSameBytes() throws IOException {
        RunContext context = new RunContext(
                new HubCache(folder),
                Progress.SILENT,
                List.of("prune"),
                "1",
                ReportClock.of(Map.of("SOURCE_DATE_EPOCH", "1769860800")));
        Path output = folder.resolve("out");
        PruneOptions options = new PruneOptions(
                TinyRun.llama(TinyRun.ADAPTER, MetricKind.E_DIEM, Optional.empty()),
                Optional.empty(),
                output,
                Surgery.of(ActionKind.REPAIR, null),
                false,
                true);
        String first = write(context, options);
        String second = write(context, options);
        assertThat(first).isEqualTo(second).contains("\"created\": \"2026-01-31T12:00:00Z\"");
    }

    /** Returns all that a run has written and returned. */
    private static String write(RunContext context, PruneOptions options) throws IOException {
        RunReport report = new AdapterRun(context).prune(options).get(0);
        String written = Files.readString(options.output().resolve(OutputFolder.REPORT_FILE));
        assertThat(report.toJson()).isEqualTo(written);
        return written + Files.readString(options.output().resolve("README.md"));
    }
}
