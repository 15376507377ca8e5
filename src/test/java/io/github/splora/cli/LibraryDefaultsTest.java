package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.Splora;
import io.github.splora.client.ClientKind;
import io.github.splora.report.RunReport;
import io.github.splora.run.PruneOptions;
import io.github.splora.run.ScoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The options that the library makes by default are the command line's. */
class LibraryDefaultsTest {

    private static final ScoreOptions OPTIONS = ScoreOptions.of(
            Testdata.LLAMA.base().toString(),
            Testdata.LLAMA.aligned().toString(),
            Testdata.LLAMA.adapter().toString());

    @TempDir
    Path folder;

    @Test
    void score() {
        RunReport library = new Splora().score(OPTIONS).get(0);
        assertSame(library, Run.of("score", Testdata.LLAMA, "--format", "json"));
    }

    @ParameterizedTest
    @EnumSource(names = {"PEFT", "VLLM", "SGLANG", "TGI"})
    void prune(ClientKind client) throws IOException {
        PruneOptions options =
                PruneOptions.of(OPTIONS.withClient(client), folder).withDryRun();
        assertSame(
                new Splora().prune(options).get(0),
                Run.of("prune", Testdata.LLAMA, "--dry-run", "--format", "json", "--client", client.toString()));
    }

    @ParameterizedTest
    @EnumSource(names = {"PEFT", "SGLANG"})
    void repair(ClientKind client) throws IOException {
        PruneOptions options =
                PruneOptions.repairing(OPTIONS.withClient(client), folder).withDryRun();
        assertSame(
                new Splora().prune(options).get(0),
                Run.of("repair", Testdata.LLAMA, "--dry-run", "--format", "json", "--client", client.toString()));
    }

    private static void assertSame(RunReport library, Run command) {
        assertThat(command.code()).as(command.err()).isZero();
        RunReport report = command.report();
        assertThat(library.parameters()).isEqualTo(report.parameters());
        assertThat(library.engine()).isEqualTo(report.engine());
        assertThat(library.modules()).isEqualTo(report.modules());
        assertThat(library.summary()).isEqualTo(report.summary());
    }
}
