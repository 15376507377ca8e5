package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.Fusion;
import io.github.splora.json.StrictJson;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The effects of {@code --client} on a run. */
class ClientOptionTest {

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("pruned");
    }

    private Run prune(Testdata model, String... more) {
        return Run.to(output, "prune", model, more);
    }

    private String config(String field) {
        return StrictJson.readObject(output.resolve("adapter_config.json"))
                .get(field)
                .toString();
    }

    @ParameterizedTest
    @CsvSource({
        "peft, drop, exclude, module", "vllm, drop, exclude, module", "llamacpp, drop, exclude, module",
        "sglang, drop, list, fusion", "tgi, zero, exclude, module", "lorax, zero, exclude, module"
    })
    void aClientDecidesWhatNoOptionSays(String client, String action, String style, String granularity) {
        Run run = prune(Testdata.LLAMA, "--client", client);
        assertThat(run.err()).isEqualTo("splora: wrote " + output + System.lineSeparator());
        assertThat(run.report().parameters()).satisfies(made -> {
            assertThat(made.client()).isEqualTo(client);
            assertThat(made.action()).isEqualTo(action);
            assertThat(made.configStyle()).isEqualTo(style);
            assertThat(made.granularity()).isEqualTo(granularity);
        });
        assertThat(Run.of(
                                "verify",
                                output.toString(),
                                "--client",
                                client,
                                "--aligned",
                                Testdata.LLAMA.aligned().toString())
                        .errors())
                .isEmpty();
    }

    @Test
    void whatTheUserSaysStands() {
        Run run = prune(
                Testdata.LLAMA,
                "--client",
                "vllm",
                "--action",
                "zero",
                "--granularity",
                "block",
                "--config-style",
                "targets");
        assertThat(run.report().parameters()).satisfies(made -> {
            assertThat(made.action()).isEqualTo("zero");
            assertThat(made.granularity()).isEqualTo("block");
            assertThat(made.configStyle()).isEqualTo("targets");
        });
    }

    @Test
    void forSglangWholeFusionsGo() {
        Set<String> pruned = Set.copyOf(
                prune(Testdata.LLAMA, "--client", "sglang", "--count", "4").pruned());
        Map<String, List<String>> fusions = Testdata.tensorsIn(Testdata.LLAMA.adapter()).keySet().stream()
                .filter(tensor -> tensor.endsWith(".lora_A.weight"))
                .map(tensor -> tensor.replaceFirst("base_model.model.(.+).lora_A.weight", "$1"))
                .collect(Collectors.groupingBy(Fusion::of));
        assertThat(pruned).isNotEmpty();
        assertThat(fusions.values())
                .allMatch(members ->
                        pruned.containsAll(members) || members.stream().noneMatch(pruned::contains));
    }

    @Test
    void aZeroLeavesFusionsToTheirModules() {
        Run run = prune(Testdata.LLAMA, "--client", "sglang", "--action", "zero");
        assertThat(run.report().parameters().granularity()).isEqualTo("module");
        assertThat(run.code()).isZero();
    }

    @Test
    void aPreviewIsOfWhatTheClientGets() {
        List<String> preview = Run.of("score", Testdata.LLAMA, "--client", "sglang", "--count", "2", "--format", "json")
                .pruned();
        assertThat(preview)
                .isEqualTo(prune(Testdata.LLAMA, "--client", "sglang", "--count", "2")
                        .pruned());
        assertThat(preview)
                .isNotEqualTo(Run.of("score", Testdata.LLAMA, "--count", "2", "--format", "json")
                        .pruned());
    }

    @Test
    void forSglangARegularExpressionBecomesAListEvenIfNothingGoes() throws IOException {
        Testdata model = Testdata.LLAMA
                .withAdapterCopiedTo(folder.resolve("adapter"))
                .withConfig(
                        "\"target_modules\": [\n    \"k_proj\",\n    \"v_proj\",\n    \"o_proj\",\n    \"q_proj\"\n  ]",
                        "\"target_modules\": \".*_proj\"");
        assertThat(prune(model, "--client", "sglang", "--count", "0").code()).isZero();
        assertThat(config("target_modules")).startsWith("[\"model.layers.0.self_attn.k_proj\",");
        assertThat(Run.of("verify", output.toString(), "--client", "sglang,peft")
                        .code())
                .isZero();
    }

    @Test
    void aFusionThatIsTornAsunderIsNamedAndNothingIsWritten() {
        Run run = prune(
                Testdata.LLAMA,
                "--client",
                "sglang",
                "--include",
                "layers.2.self_attn.v_proj",
                "--metric",
                "cosine",
                "--count",
                "1");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .containsExactly("splora: " + Testdata.LLAMA.adapter().resolve("adapter_model.safetensors")
                        + ": module 'model.layers.2.self_attn.qkv_proj': has tensors for [k_proj, q_proj] but"
                        + " not for [v_proj], which SGLang cannot load; prune such modules together"
                        + " (--granularity fusion) or zero them (--action zero)");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"tgi, TGI", "lorax, LoRAX"})
    void aDropIsNotForClientsThatNeedEveryModule(String client, String title) {
        Run run = prune(Testdata.LLAMA, "--client", client, "--action", "drop");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors().get(0))
                .isEqualTo("splora: --action drop cannot be given with --client " + client + ": " + title
                        + " skips all modules of a type if one layer has none; use --action zero");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vllm", "sglang", "tgi", "lorax", "llamacpp"})
    void whatAClientCannotLoadIsRefusedBeforeAnythingIsScored(String client) {
        Run run = prune(Testdata.PATTERNS, "--client", client);
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .isEqualTo(Run.of("verify", Testdata.PATTERNS.adapter().toString(), "--client", client)
                        .errors());
        assertThat(output).doesNotExist();
    }

    @Test
    void verifyNamesTheProblemsOfAllClientsAtOnce() {
        Run run = Run.of("verify", Testdata.GPT2.adapter().toString(), "--client", "tgi,llamacpp", "--client", "vllm");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .anyMatch(line -> line.contains("TGI"))
                .anyMatch(line -> line.contains("llama.cpp"))
                .anyMatch(line -> line.contains("vLLM"))
                .noneMatch(line -> line.contains("SGLang"));
    }

    @Test
    void verifySaysForWhomAnAdapterIsSound() {
        assertThat(Run.of("verify", Testdata.LLAMA.adapter().toString(), "--client", "vllm,lorax")
                        .out())
                .isEqualTo("ok: 24 LoRA modules; no problems found for vLLM, LoRAX" + System.lineSeparator());
    }

    @Test
    void togetherGetsAnArchiveOfBothFilesAtItsRoot() throws IOException {
        Run run = Run.of(
                "prune",
                Testdata.LLAMA,
                "--client",
                "together",
                "--count",
                "3",
                "--output",
                output.toString(),
                "--format",
                "json");
        assertThat(run.code()).isZero();
        assertThat(run.json().get("parameters").get("action").textValue()).isEqualTo("zero");
        try (ZipFile zip = new ZipFile(output.resolve("adapter.zip").toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .containsExactly("adapter_config.json", "adapter_model.safetensors");
            for (ZipEntry entry : Collections.list(zip.entries())) {
                assertThat(zip.getInputStream(entry).readAllBytes())
                        .isEqualTo(Files.readAllBytes(output.resolve(entry.getName())));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"restore, 4", "repair, 4", "deflate, 0"})
    void basetenKeepsTheRank(String action, int code) {
        Run run = Run.of(
                "prune",
                Testdata.LLAMA,
                "--client",
                "baseten",
                "--action",
                action,
                "--all",
                "--output",
                output.toString());
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.err().contains("all adapters of a deployment must have the same rank"))
                .isEqualTo(code == 4);
    }

    @ParameterizedTest
    @CsvSource({"fireworks, does not say", "baseten, requires the same modules", "together, does not say"})
    void aServiceKeepsEveryModule(String client, String reason) {
        Run run =
                Run.of("prune", Testdata.LLAMA, "--client", client, "--action", "drop", "--output", output.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--action drop cannot be given with --client " + client, reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "3"})
    void theNameOfTheServedModelIsWrittenAndVerified(String count) {
        Path adapter = Testdata.LLAMA.adapter();
        Run run = Run.of(
                "prune", Testdata.LLAMA, "--base-name", "acme/served", "--count", count, "--output", output.toString());
        assertThat(run.code()).isZero();
        ObjectNode expected = StrictJson.readObject(adapter.resolve("adapter_config.json"));
        ObjectNode written = StrictJson.readObject(output.resolve("adapter_config.json"));
        assertThat(written.get("base_model_name_or_path").textValue()).isEqualTo("acme/served");
        assertThat(written.get("r")).isEqualTo(expected.get("r"));
        assertThat(Run.of("verify", output.toString(), "--served-model", "acme/served")
                        .code())
                .isZero();
        Run other = Run.of("verify", output.toString(), "--served-model", "acme/other");
        assertThat(other.code()).isEqualTo(4);
        assertThat(other.errors())
                .singleElement()
                .asString()
                .contains("base_model_name_or_path \"acme/served\"", "'acme/other'", "prune --base-name");
    }

    /** vLLM renames keys by the model's class, and ignores those that then hit no module. */
    @ParameterizedTest
    @CsvSource({
        "LlavaForConditionalGeneration, language_model.model, model, 'reads the key as ''model.layers.0.q_proj'', but its model"
                + " has ''language_model.model.layers.0.q_proj''; rename the key to"
                + " ''base_model.model.language_model.model.layers.0.q_proj…'', or serve the adapter with vLLM 0.33'",
        "LlavaForConditionalGeneration, language_model.model, model.language_model, ''",
        "LlavaForConditionalGeneration, language_model.model, language_model.model, ''",
        "Qwen3VLForConditionalGeneration, model.language_model, model, 'vLLM up to 0.32 ignores this module'",
        "Qwen3VLForConditionalGeneration, model.language_model, model.language_model, ''",
        "Qwen2_5_VLForConditionalGeneration, model, model, ''",
        "Qwen2_5_VLForConditionalGeneration, model, model.language_model, ''",
        "Mistral3ForConditionalGeneration, language_model.model, model, ''",
        "Qwen2_5OmniModel, thinker.model, model, 'vLLM up to 0.32 ignores this module'",
        "Qwen2_5OmniModel, thinker.model, thinker.model, ''",
        "Qwen3VLForConditionalGeneration, model.language_model, '', 'vLLM ignores this module without a message'",
        // Nothing is certain of classes that were not read.
        "OtherForConditionalGeneration, language_model.model, model, ''",
    })
    void vllmFindsAModuleForEachKey(String architecture, String stored, String named, String problem) {
        TinyCheckpoint model = new TinyCheckpoint().config("{\"architectures\": [\"" + architecture + "\"]}");
        TinyAdapter adapter = new TinyAdapter();
        adapter.module((named.isEmpty() ? "" : named + ".") + "layers.0.q_proj", 6, 4);
        model.random(stored + ".layers.0.q_proj.weight", 6, 4).writeTo(output.resolve("model"));
        adapter.writeTo(output.resolve("adapter"));
        String[] verify = {
            "verify",
            output.resolve("adapter").toString(),
            "--aligned",
            output.resolve("model").toString(),
            "--client"
        };
        Run run = Run.of(Run.join(verify, "vllm"));
        assertThat(run.code()).as(run.err()).isEqualTo(problem.isEmpty() ? 0 : 4);
        assertThat(run.err()).contains(problem);
        assertThat(Run.of(Run.join(verify, "peft")).err()).doesNotContain("vLLM");
    }
}
