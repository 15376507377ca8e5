package io.github.splora;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.run.Progress;
import io.github.splora.run.PruneOptions;
import io.github.splora.run.ScoreOptions;
import io.github.splora.run.Surgery;
import io.github.splora.run.TinyRun;
import io.github.splora.score.MetricKind;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A result is returned only if the inputs did not change during the run. */
class ChangingInputsTest {

    /** A change made to a file while modules are measured. */
    private interface Change {
        void happenTo(Path file) throws IOException;
    }

    private static final String CHANGED =
            ": was changed or replaced during the run; run again while no other program writes to it";

    @TempDir
    Path folder;

    private Path adapter;
    private Path weights;

    @BeforeEach
    void copyAdapter() throws IOException {
        adapter = Files.createDirectory(folder.resolve("adapter"));
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(TinyRun.ADAPTER.resolve(name), adapter.resolve(name));
        }
        weights = adapter.resolve("adapter_model.safetensors");
    }

    @Test
    void aFileReplacedByAnotherIsNoticed() {
        assertThat(refusal(weights, file -> {
                    Path other = Files.copy(file, folder.resolve("other"));
                    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
                }))
                .containsExactly(weights + CHANGED);
    }

    @Test
    void aFileRewrittenInPlaceIsNoticed() {
        Path config = adapter.resolve("adapter_config.json");
        assertThat(refusal(config, file -> Files.writeString(file, " ", StandardOpenOption.APPEND)))
                .containsExactly(config + CHANGED);
    }

    @Test
    void aFileTakenAwayIsNoticed() {
        Path config = adapter.resolve("adapter_config.json");
        assertThat(refusal(config, file -> Files.move(file, folder.resolve("away"))))
                .singleElement()
                .asString()
                .startsWith(config + ": ");
    }

    /** Returns the error lines of a prune during which {@code file} changes, after checking that no output is left. */
    private List<String> refusal(Path file, Change change) {
        Path output = folder.resolve("out");
        Splora splora = new Splora(new HubCache(folder), new Progress() {
            @Override
            public void end() {
                try {
                    change.happenTo(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        ScoreOptions options = TinyRun.llama(adapter, MetricKind.E_DIEM, Optional.empty());
        List<String> refused = Refusal.of(() -> splora.prune(new PruneOptions(
                options, Optional.empty(), output, Surgery.of(ActionKind.DROP, ConfigStyle.EXCLUDE), false, false)));
        assertThat(folder)
                .isDirectoryNotContaining(path -> path.getFileName().toString().contains("out"));
        return refused;
    }
}
