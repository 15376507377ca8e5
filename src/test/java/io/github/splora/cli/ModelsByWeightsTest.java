package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model that an adapter was trained on is compared by its weights, if it is on the machine. */
class ModelsByWeightsTest {

    private static final List<String> MODULES = List.of(
            "model.layers.0.self_attn.q_proj",
            "model.layers.1.self_attn.q_proj",
            "model.layers.2.self_attn.q_proj",
            "model.layers.3.self_attn.q_proj");

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        model("before", 1);
        model("after", 2);
        model("third", 3);
        model("copy/of-another-name", 2);
    }

    private void model(String name, long seed) throws IOException {
        TinyCheckpoint model = new TinyCheckpoint().seed(seed).config("{\"model_type\": \"llama\"}");
        model.random("model.embed_tokens.weight", 8, 4);
        MODULES.forEach(module -> model.random(module + ".weight", 6, 4));
        model.writeTo(folder.resolve(name));
    }

    /** Scores the adapter, as trained on {@code recorded}. */
    private Run score(String recorded, String... more) throws IOException {
        TinyAdapter adapter = new TinyAdapter().seed(5).config("base_model_name_or_path", '"' + recorded + '"');
        MODULES.forEach(name -> adapter.module(name, 6, 4));
        adapter.writeTo(folder.resolve("lora"));
        return Run.of(Run.join(
                new String[] {
                    "score",
                    "--base",
                    folder.resolve("before").toString(),
                    "--aligned",
                    folder.resolve("after").toString(),
                    folder.resolve("lora").toString()
                },
                more));
    }

    @Test
    void theSameWeightsUnderAnotherNameAreFine() throws IOException {
        assertThat(score("../copy/of-another-name").err()).doesNotContain("trained on");
        assertThat(score("../copy/of-another-name", "--fail-on", "pruned>9").code())
                .isZero();
    }

    @Test
    void anotherModelIsNamedAndRefusedUnderAGate() throws IOException {
        assertThat(score("../third").err())
                .contains("was trained on '../third', whose weights (")
                .contains("are not those of --aligned");
        assertThat(score("../third", "--fail-on", "pruned>9").code()).isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void anotherModelOfTheSameNameIsFoundOut() throws IOException {
        model("elsewhere/after", 7);
        assertThat(score("../elsewhere/after").err()).contains("are not those of --aligned");
    }

    @Test
    void aCopyOfTheModelBeforeAlignmentIsFoundOut() throws IOException {
        model("elsewhere/model", 1);
        assertThat(score("../elsewhere/model").err())
                .contains("whose weights are those of --base, not of --aligned")
                .contains("not swapped");
    }

    @Test
    void whereNothingCanBeComparedThatIsSaid() throws IOException {
        assertThat(score("../gone/model").err())
                .contains("cannot be checked by their names, and not by weights: it is not on this machine");
    }

    @Test
    void aModelThatIsStoredInAnotherWaySaysNothing() throws IOException {
        TinyCheckpoint other = new TinyCheckpoint().seed(9).config("{}");
        MODULES.forEach(module -> other.random(module + ".weight", 3, 2));
        other.writeTo(folder.resolve("quantized"));
        assertThat(score("../quantized").err()).contains("or are stored in another way");
    }

    @Test
    void aBrokenModelIsNoReasonToFail() throws IOException {
        Files.createDirectories(folder.resolve("broken"));
        Files.writeString(folder.resolve("broken/model.safetensors"), "nonsense");
        Run run = score("../broken");
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("it is not on this machine");
    }
}
