package io.github.splora.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.splora.inspect.TrainedOn.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainedOnTest {

    private static final ModelName BASE = cached("meta-llama/Llama-2-7b-hf");
    private static final ModelName ALIGNED = cached("meta-llama/Llama-2-7b-chat-hf");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "meta-llama/Llama-2-7b-chat-hf, ALIGNED",
        "META-LLAMA/llama-2-7b-chat-hf, ALIGNED",
        "unsloth/llama-2-7b-chat-bnb-4bit, ALIGNED",
        "/data/models/Llama-2-7b-chat-hf/, ALIGNED",
        "meta-llama/Llama-2-7b-hf, BASE",
        "unsloth/llama-2-7b, BASE",
        "meta-llama/Llama-2-13b-chat-hf, OTHER",
        "mistralai/Mistral-7B-Instruct-v0.2, OTHER",
        "/data/checkpoint-500, UNKNOWN",
        "'', UNKNOWN",
        "'\0', UNKNOWN",
    })
    void hubIdsAreCompared(String recorded, Verdict expected) {
        assertThat(TrainedOn.of(recorded, folder, Optional.of(BASE), ALIGNED).verdict())
                .isEqualTo(expected);
    }

    @Test
    void recordedFoldersAreFound() throws IOException {
        Path base = Files.createDirectory(folder.resolve("before"));
        Path aligned = Files.createDirectory(folder.resolve("after"));
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        ModelName before = new ModelName(base, Optional.empty(), Optional.empty());
        ModelName after = new ModelName(aligned, Optional.empty(), Optional.empty());
        assertThat(TrainedOn.of("../after", adapter, Optional.of(before), after).verdict())
                .isEqualTo(Verdict.ALIGNED);
        assertThat(TrainedOn.of(aligned.toString(), adapter, Optional.of(before), after)
                        .verdict())
                .isEqualTo(Verdict.ALIGNED);
        assertThat(TrainedOn.of("../before", adapter, Optional.of(before), after))
                .satisfies(found -> assertThat(found.verdict()).isEqualTo(Verdict.BASE))
                .satisfies(found -> assertThat(found.isContradiction()).isTrue());
        assertThat(TrainedOn.of("org/model", adapter, Optional.of(before), after)
                        .verdict())
                .isEqualTo(Verdict.UNKNOWN);
    }

    /** The config of a fine-tune often names the model that it was trained from. */
    @ParameterizedTest
    @CsvSource({
        "org/base, org/base, org/base, ALIGNED",
        "org/base, org/base, org/aligned, BASE",
        "org/aligned, org/base, org/aligned, ALIGNED",
        "org/other, org/base, org/aligned, UNKNOWN",
    })
    void namesInConfigsAreWeakEvidence(String recorded, String ofBase, String ofAligned, Verdict expected) {
        ModelName base = new ModelName(folder.resolve("b"), Optional.empty(), Optional.of(ofBase));
        ModelName aligned = new ModelName(folder.resolve("a"), Optional.empty(), Optional.of(ofAligned));
        assertThat(TrainedOn.of(recorded, folder, Optional.of(base), aligned).verdict())
                .isEqualTo(expected);
    }

    @Test
    void theContradictionIsNamed() {
        assertThat(TrainedOn.of("meta-llama/Llama-2-7b-hf", folder, Optional.of(BASE), ALIGNED)
                        .sentence())
                .isEqualTo(
                        "adapter_config.json says that the adapter was trained on 'meta-llama/Llama-2-7b-hf', which is"
                                + " --base, not --aligned: check that the two are not swapped, and pass the model that it was"
                                + " trained on as --aligned");
        assertThat(TrainedOn.of("gpt2/x\u001b[1m", folder, Optional.empty(), ALIGNED)
                        .sentence())
                .doesNotContain("\u001b");
    }

    /** The name comes from the adapter's config, and may have the size of that file. */
    @ParameterizedTest
    @ValueSource(strings = {"A", "/", "-1.5b", "-bnb-4bit", "a/", "-unsloth", "meta-", "/\n"})
    void longNamesTakeNoLongTime(String part) {
        String name = part.repeat(1_000_000 / part.length());
        TrainedOn found = assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> TrainedOn.of(name, folder, Optional.of(BASE), ALIGNED));
        assertThat(found.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(found.sentence()).hasSizeLessThan(3000);
    }

    private static ModelName cached(String id) {
        Path folder = Path.of("/cache/models--" + id.replace("/", "--") + "/snapshots/0");
        return new ModelName(folder, Optional.of(id), Optional.empty());
    }
}
