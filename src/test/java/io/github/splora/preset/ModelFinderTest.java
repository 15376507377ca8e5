package io.github.splora.preset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.preset.ModelFinder.Found;
import io.github.splora.preset.ModelFinder.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFinderTest {

    @TempDir
    Path folder;

    private ModelFinder finder;

    @BeforeEach
    void create() {
        finder = new ModelFinder(new HubCache(folder.resolve("hub")), "main");
    }

    @Test
    void theAlignedModelMayBeAFolderBesideTheAdapter() throws IOException, NotFoundException {
        Path aligned = checkpoint(folder.resolve("aligned"));
        assertThat(finder.aligned(adapter("\"../aligned\"").toString()))
                .isEqualTo(new Found(aligned.toString(), "named by the adapter's config"));
    }

    @Test
    void theAlignedModelMayBeInTheHubsCache() throws IOException, NotFoundException {
        cached("org/aligned");
        assertThat(finder.aligned(adapter("\"org/aligned\"").toString()).name()).isEqualTo("org/aligned");
    }

    @Test
    void aModelThatIsNotThereIsNamedWithHowToFetchIt() throws IOException {
        String adapter = adapter("\"org/aligned\"").toString();
        assertThatThrownBy(() -> finder.aligned(adapter))
                .isInstanceOf(NotFoundException.class)
                .hasMessage(
                        "the adapter was trained on 'org/aligned', which is neither a folder here nor in the Hugging"
                                + " Face cache: fetch it with: hf download org/aligned --include '*.safetensors' '*.json'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "17"})
    void aConfigMayNameNoModel(String value) throws IOException {
        String adapter = adapter(value).toString();
        assertThatThrownBy(() -> finder.aligned(adapter)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void theBaseModelIsThatOfAPreset() throws IOException, NotFoundException {
        cached("meta-llama/Llama-3.1-8B-Instruct");
        cached("meta-llama/Llama-3.1-8B");
        assertThat(finder.base("meta-llama/Llama-3.1-8B-Instruct"))
                .isEqualTo(new Found("meta-llama/Llama-3.1-8B", "preset llama-3.1-8b-instruct"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "---\nlicense: mit\nbase_model: org/base\n---\n# Model\n",
                "---\nbase_model:\n- org/base\n---\n",
                "---\r\nbase_model: \"org/base\"\r\n---\r\n",
            })
    void theBaseModelIsInTheCardOfTheAlignedModel(String card) throws IOException, NotFoundException {
        Files.writeString(cached("org/aligned").resolve("README.md"), card);
        cached("org/base");
        assertThat(finder.base("org/aligned").name()).isEqualTo("org/base");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "base_model: org/base\n",
                "---\nbase_model:\n- org/base\n- org/other\n---\n",
                "# Model\n---\nbase_model: org/base\n---\n",
            })
    void aCardThatNamesNoSingleBaseModelIsNotGuessedFrom(String card) throws IOException {
        Files.writeString(cached("org/aligned").resolve("README.md"), card);
        cached("org/base");
        assertThatThrownBy(() -> finder.base("org/aligned"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("neither a preset nor the model card");
    }

    /** A name of a million characters neither fills the message nor overflows the stack. */
    @ParameterizedTest
    @ValueSource(strings = {"A", "a/"})
    void aLongNameIsCut(String part) throws IOException {
        String adapter =
                adapter('"' + part.repeat(1_000_000 / part.length()) + '"').toString();
        assertThatThrownBy(() -> finder.aligned(adapter))
                .isInstanceOf(NotFoundException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(3000));
    }

    private Path adapter(String model) throws IOException {
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                """
                {"peft_type": "LORA", "r": 4, "lora_alpha": 4, "target_modules": ["q_proj"],
                 "base_model_name_or_path": %s}"""
                        .formatted(model));
        Files.write(adapter.resolve("adapter_model.safetensors"), new byte[0]);
        return adapter;
    }

    private Path cached(String id) throws IOException {
        Path repository = folder.resolve("hub/models--" + id.replace("/", "--"));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), "0".repeat(40));
        return checkpoint(repository.resolve("snapshots/" + "0".repeat(40)));
    }

    private static Path checkpoint(Path place) throws IOException {
        Files.createDirectories(place);
        Files.write(place.resolve("model.safetensors"), new byte[0]);
        return place;
    }
}
