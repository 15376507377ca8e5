package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnsupportedFeaturesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"IA3", "ADALORA", "LOHA", "LOKR", "VERA", "OFT", "PREFIX_TUNING", "lora", "LORA "})
    void refusesEveryOtherTypeByName(String type) {
        assertThat(refusal(new TinyAdapter().config("peft_type", "\"" + type + "\"")))
                .containsExactly(file() + ": peft_type \"" + type
                        + "\": only adapters of type LORA can be scored and pruned; merge an adapter of another"
                        + " type that changes weights into its model, and pass the merged checkpoint"
                        + " with --adapted");
    }

    @Test
    void refusesAConfigThatNamesNoType() {
        assertThat(refusal(new TinyAdapter().withoutConfig("peft_type")))
                .containsExactly(file() + ": peft_type (absent): only adapters of type LORA can be scored and pruned;"
                        + " merge an adapter of another type that changes weights into its model, and"
                        + " pass the merged checkpoint with --adapted");
        assertThat(refusal(new TinyAdapter().config("peft_type", "null")))
                .singleElement()
                .asString()
                .contains("peft_type null: ");
    }

    @Test
    void theTypeComesFirstBecauseTheRestMeansNothingWithoutIt() {
        assertThat(refusal(new TinyAdapter()
                        .config("peft_type", "\"IA3\"")
                        .withoutConfig("r")
                        .config("use_dora", "true")))
                .singleElement()
                .asString()
                .contains("peft_type \"IA3\"");
    }

    @Test
    void refusesMergedLinearByName() {
        assertThat(refusal(new TinyAdapter().config("enable_lora", "[true, false, true]")))
                .containsExactly(file()
                        + ": enable_lora [true,false,true]: MergedLinear of PEFT 0.2 packs several deltas into"
                        + " one module; retrain or convert it with a current PEFT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "init_lora_weights; \"pissa_niter_16\"; random approximation",
                "init_lora_weights; \"corda\"; CorDA",
                "init_lora_weights; \"loftq\"; LoftQ",
                "use_qalora; true; QALoRA",
                "use_bdlora; {\"nblocks\":2}; block-diagonal LoRA",
                "use_bdlora; {}; block-diagonal LoRA",
                "kasa_config; {\"beta\":0.0001}; KaSA",
                "kasa_config; {}; KaSA",
                "monteclora_config; {}; Monteclora",
                "arrow_config; {}; Arrow",
                "layer_replication; [[0,4],[2,5]]; replicated layers",
                "alora_invocation_tokens; [1,2]; activated LoRA",
                "megatron_config; {\"x\":1}; Megatron"
            })
    void refusesWhatChangesMoreThanOneLinearLayerByALowRankDelta(String field, String value, String reason) {
        assertThat(refusal(new TinyAdapter().config(field, value)))
                .singleElement()
                .asString()
                .startsWith(file() + ": " + field + " ")
                .contains(reason);
    }

    @Test
    void namesAllUnsupportedFeatures() {
        assertThat(refusal(new TinyAdapter()
                        .config("use_qalora", "true")
                        .config("layer_replication", "[[0,4]]")
                        .config("alora_invocation_tokens", "[1]")))
                .hasSize(3)
                .anyMatch(line -> line.contains("use_qalora"))
                .anyMatch(line -> line.contains("layer_replication"))
                .anyMatch(line -> line.contains("alora_invocation_tokens"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "enable_lora; null",
                "use_dora; true",
                "use_dora; null",
                "use_qalora; false",
                "use_bdlora; null",
                "use_bdlora; false",
                "kasa_config; null",
                "target_parameters; null",
                "target_parameters; []",
                "layer_replication; null",
                "alora_invocation_tokens; null",
                "megatron_config; null",
                "megatron_config; {}",
                "bias; \"none\"",
                "bias; null",
                "bias; \"lora_only\"",
                "bias; \"all\"",
                "loftq_config; {}",
                "qalora_group_size; 16",
                "megatron_core; \"megatron.core\""
            })
    void acceptsFeaturesThatAreOff(String field, String value) {
        AdapterConfig config =
                AdapterConfig.read(new TinyAdapter().config(field, value).writeConfigTo(folder));
        assertThat(config.rankOf("q_proj")).isEqualTo(2);
    }

    private Path file() {
        return folder.resolve("adapter_config.json");
    }

    private List<String> refusal(TinyAdapter adapter) {
        return Refusal.of(() -> AdapterConfig.read(adapter.writeConfigTo(folder)));
    }
}
