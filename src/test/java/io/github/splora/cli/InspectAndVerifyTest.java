package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectAndVerifyTest {

    @TempDir
    Path folder;

    @Test
    void inspectListsAnAdaptersModules() {
        Run run = Run.of("inspect", Testdata.PATTERNS.adapter().toString());
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("adapter " + Testdata.PATTERNS.adapter() + "\n")
                .contains("\n  modules: 42\n")
                .contains("\nmodel.layers.0.mlp.up_proj  [96, 48]  rank 3  scaling 8.0  F16\n");
    }

    @Test
    void inspectListsACheckpointsTensors() {
        Run run = Run.of("inspect", Testdata.SHARDED.aligned().toString());
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("checkpoint ")
                .contains("\n  shards: 3\n")
                .contains("\nmodel.layers.0.self_attn.q_proj.weight  [48, 48]  ");
    }

    @Test
    void inspectCanAnswerInJson() {
        JsonNode json = Run.of("inspect", Testdata.GPT2.adapter().toString(), "--format", "json")
                .json();
        assertThat(json.get("kind").textValue()).isEqualTo("adapter");
        assertThat(json.get("modules")).hasSize(6);
        assertThat(json.at("/modules/0/rank").intValue()).isEqualTo(3);
        assertThat(json.at("/facts/dtypes").toString()).isEqualTo("{\"F32\":12}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "verify"})
    void aWrongPathIsBadInput(String command) {
        assertThat(Run.of(command, "/no/where"))
                .isEqualTo(new Run(4, "", "splora: '/no/where': no such file or folder" + System.lineSeparator()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "verify"})
    void whatIsNotInTheHubCacheIsNotDownloaded(String command) {
        assertThat(Run.of(command, "org/name", "--offline").errors())
                .containsExactly("splora: 'org/name': no such file or"
                        + " folder, and not in the local Hugging Face cache (target/no-such-hub); splora downloads nothing: fetch it"
                        + " first with: hf download org/name --include '*.safetensors' '*.json'");
    }

    static List<Testdata> models() {
        return Testdata.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void anAdapterFitsTheModelItWasTrainedOn(Testdata model) {
        Run run = Run.of(
                "verify",
                model.adapter().toString(),
                "--aligned",
                model.aligned().toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).matches("ok: \\d+ LoRA modules; no problems found for PEFT\\R");
    }

    @Test
    void verifyReportsEveryProblemAtOnceAndEachCauseOnce() throws IOException {
        Testdata model = Testdata.LLAMA
                .withAdapterCopiedTo(folder.resolve("adapter"))
                .withConfig("    \"q_proj\"\n", "    \"query\"\n")
                .withConfig("\"rank_pattern\": {}", "\"rank_pattern\": {\"gone\": 4}");
        Run run = Run.of("verify", model.adapter().toString());
        Path config = model.adapter().resolve("adapter_config.json");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.errors())
                .containsExactly(
                        "splora: " + config
                                + ": 6 of 24 modules, for example module 'model.layers.0.self_attn.q_proj': has tensors,"
                                + " but target_modules and exclude_modules do not select it: PEFT would ignore them",
                        "splora: " + config
                                + ": rank_pattern or alpha_pattern 'gone': matches no module of the adapter:"
                                + " PEFT would warn");
    }

    @Test
    void verifyCountsTheModulesThatAnotherModelLacks() {
        Run run = Run.of(
                "verify",
                Testdata.LLAMA.adapter().toString(),
                "--aligned",
                Testdata.GPT2.aligned().toString());
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .startsWith("splora: " + Testdata.GPT2.aligned()
                        + ": 24 of 24 modules, for example module 'model.layers.0");
    }
}
