package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterConfigTest {

    private static final String MODULE = "model.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    @Test
    void scalingIsAlphaDividedByRank() {
        AdapterConfig config = read(new TinyAdapter().config("r", "8").config("lora_alpha", "12"));
        assertThat(config.rankOf(MODULE)).isEqualTo(8);
        assertThat(config.scalingOf(MODULE)).isEqualTo(1.5);
    }

    @Test
    void rsLoraDividesByTheRootOfTheRank() {
        AdapterConfig config = read(
                new TinyAdapter().config("r", "16").config("lora_alpha", "12").config("use_rslora", "true"));
        assertThat(config.scalingOf(MODULE)).isEqualTo(3);
    }

    @Test
    void rsLoraDividesByTheRootOfTheModulesOwnRank() {
        AdapterConfig config = read(new TinyAdapter()
                .config("r", "16")
                .config("lora_alpha", "12")
                .config("use_rslora", "true")
                .config("rank_pattern", "{\"q_proj\": 4}"));
        assertThat(config.scalingOf(MODULE)).isEqualTo(6);
        assertThat(config.scalingOf("model.layers.0.self_attn.v_proj")).isEqualTo(3);
    }

    @Test
    void patternsOverrideRankAndAlphaOfTheirModules() {
        AdapterConfig config = read(new TinyAdapter()
                .config("r", "8")
                .config("lora_alpha", "16")
                .config("rank_pattern", "{\"q_proj\": 2}")
                .config("alpha_pattern", "{\"layers.0.self_attn.q_proj\": 1.5}"));
        assertThat(config.rankOf(MODULE)).isEqualTo(2);
        assertThat(config.scalingOf(MODULE)).isEqualTo(0.75);
        assertThat(config.scalingOf("model.layers.1.self_attn.q_proj")).isEqualTo(8);
        assertThat(config.scalingOf("model.layers.1.self_attn.v_proj")).isEqualTo(2);
    }

    @Test
    void theFirstPatternOfTheFileDecides() {
        AdapterConfig config = read(new TinyAdapter()
                .config("rank_pattern", "{\".*attn.*\": 3, \"q_proj\": 5, \"layers.0.self_attn.q_proj\": 7}"));
        assertThat(config.rankOf(MODULE)).isEqualTo(3);
        assertThat(config.rankOf("model.layers.0.cross.q_proj")).isEqualTo(5);
    }

    @Test
    void patternsMayBeNull() {
        AdapterConfig config =
                read(new TinyAdapter().config("rank_pattern", "null").config("alpha_pattern", "null"));
        assertThat(config.rankOf(MODULE)).isEqualTo(2);
    }

    @Test
    void namesThePatternsThatMatchNoModule() {
        AdapterConfig config = read(new TinyAdapter()
                .config("rank_pattern", "{\"q_proj\": 2, \"k_proj\": 2}")
                .config("alpha_pattern", "{\"layers[.][1-9][.].*\": 2}"));
        assertThat(config.deadPatterns(List.of(MODULE))).containsExactly("k_proj", "layers[.][1-9][.].*");
    }

    @Test
    void removesDeadPatternsOnlyFromACopy() {
        AdapterConfig config = read(new TinyAdapter()
                .config("rank_pattern", "{\"q_proj\": 2, \"k_proj\": 2}")
                .config("alpha_pattern", "{\"k_proj\": 2}"));
        ObjectNode copy = config.toJson();
        config.removeDeadPatterns(copy, List.of(MODULE));
        assertThat(copy.get("rank_pattern").toString()).isEqualTo("{\"q_proj\":2}");
        assertThat(copy.get("alpha_pattern").toString()).isEqualTo("{}");
        assertThat(config.toJson().get("rank_pattern")).hasSize(2);
    }

    @Test
    void keepsUnknownKeysInTheirPlace() throws IOException {
        String json =
                """
        {
          "zz_of_a_later_release": {
            "x": [
              0.10
            ]
          },
          "peft_type": "LORA",
          "r": 4,
          "lora_alpha": 8,
          "base_model_name_or_path": null
        }
        """;
        Path file = Files.writeString(folder.resolve("adapter_config.json"), json);
        assertThat(StrictJson.write(AdapterConfig.read(file).toJson())).isEqualTo(json);
    }

    @Test
    void anOldConfigNeedsNoMoreThanTypeRankAndAlpha() throws IOException {
        Path file = Files.writeString(
                folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8.0}");
        AdapterConfig config = AdapterConfig.read(file);
        assertThat(config.scalingOf(MODULE)).isEqualTo(2);
        assertThat(config.fanInFanOut()).isFalse();
        assertThat(config.loraBias()).isFalse();
        assertThat(config.initialization().changesBaseWeights()).isFalse();
        assertThat(config.file()).isEqualTo(file);
    }

    @Test
    void readsTheFlags() {
        AdapterConfig config =
                read(new TinyAdapter().config("fan_in_fan_out", "true").config("lora_bias", "true"));
        assertThat(config.fanInFanOut()).isTrue();
        assertThat(config.loraBias()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"true", "false", "null", "\"gaussian\"", "\"orthogonal\"", "\"eva\"", "\"mica\"", "\"lora_ga\""})
    void ordinaryInitializationsLeaveTheBaseUnchanged(String value) {
        assertThat(read(new TinyAdapter().config("init_lora_weights", value))
                        .initialization()
                        .changesBaseWeights())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pissa", "olora", "OLoRA", "of_a_later_release"})
    void otherInitializationsChangeTheBase(String word) {
        AdapterConfig config = read(new TinyAdapter().config("init_lora_weights", "\"" + word + "\""));
        assertThat(config.initialization().changesBaseWeights()).isTrue();
        assertThat(config.initLoraWeights()).isEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "8.0", "\"8\"", "null", "99999999999", "true", "[8]"})
    void refusesAnInvalidRank(String value) {
        assertThat(refusal(new TinyAdapter().config("r", value)))
                .containsExactly(file() + ": r " + value + ": a rank must be a whole number of at least 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"16\"", "null", "true", "{}", "1E+400"})
    void refusesAnInvalidAlpha(String value) throws IOException {
        Path file = Files.writeString(
                folder.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": " + value + "}");
        assertThat(Refusal.of(() -> AdapterConfig.read(file)))
                .containsExactly(file + ": lora_alpha " + value + ": an alpha must be a finite number");
    }

    @Test
    void refusesAConfigWithoutRankOrAlpha() {
        assertThat(refusal(new TinyAdapter().withoutConfig("r")))
                .containsExactly(file() + ": r (absent): a rank must be a whole number of at least 1");
        assertThat(refusal(new TinyAdapter().withoutConfig("lora_alpha")))
                .containsExactly(file() + ": lora_alpha (absent): an alpha must be a finite number");
    }

    @Test
    void refusesAnInfiniteAlpha() throws IOException {
        Path file = Files.writeString(
                folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": Infinity}");
        assertThat(Refusal.of(() -> AdapterConfig.read(file)))
                .singleElement()
                .asString()
                .endsWith("an alpha must be a finite number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "rank_pattern; {\"q_proj\":0}; rank_pattern 0: a rank must be a whole number of at least 1",
                "alpha_pattern; {\"q_proj\":\"x\"}; alpha_pattern \"x\": an alpha must be a finite number",
                "rank_pattern; [8]; rank_pattern [8]: must be a map from module patterns to numbers",
                "alpha_pattern; 8; alpha_pattern 8: must be a map from module patterns to numbers"
            })
    void refusesAPatternWithoutANumber(String field, String value, String explanation) {
        assertThat(refusal(new TinyAdapter().config(field, value))).containsExactly(file() + ": " + explanation);
    }

    private Path file() {
        return folder.resolve("adapter_config.json");
    }

    private AdapterConfig read(TinyAdapter adapter) {
        return AdapterConfig.read(adapter.writeConfigTo(folder));
    }

    private List<String> refusal(TinyAdapter adapter) {
        return Refusal.of(() -> read(adapter));
    }

    /** Python's json keeps the last of several values, and reads NaN, Infinity and numbers of any size. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"peft_type\": \"IA3\", \"r\": 4, \"lora_alpha\": 8, \"peft_type\": \"LORA\", \"r\": 2}",
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 8, \"x\": {\"y\": 1, \"y\": 2}}",
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 8, \"lora_dropout\": NaN, \"x\": [-Infinity, 1e400]}",
                " {\"peft_type\": \"LOR\\u0041\", \"r\": 2, \"lora_alpha\": 8.0}\r\n"
            })
    void isReadAsPythonReadsIt(String json) throws IOException {
        AdapterConfig config = AdapterConfig.read(Files.writeString(folder.resolve("adapter_config.json"), json));
        assertThat(config.rank()).isEqualTo(2);
        assertThat(config.scalingOf("q")).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32BE", "ISO-8859-1"})
    void textThatPythonCannotReadIsRefused(String charset) throws IOException {
        String json = "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 8, \"x\": \"caf\u00e9\"}";
        Path file = Files.write(folder.resolve("adapter_config.json"), json.getBytes(Charset.forName(charset)));
        assertThat(Refusal.of(() -> AdapterConfig.read(file)))
                .singleElement()
                .asString()
                .contains("is not UTF-8, and Python cannot read it");
    }

    @Test
    void aByteOrderMarkIsRefusedAsPythonDoes() throws IOException {
        Path file = Files.writeString(
                folder.resolve("adapter_config.json"), "\uFEFF{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 8}");
        assertThat(Refusal.of(() -> AdapterConfig.read(file)))
                .containsExactly(
                        file + ": begins with a byte order mark, and Python's json rejects it; save it without one");
    }

    @Test
    void anAlphaThatPythonReadsAsInfinityIsRefused() throws IOException {
        Path file = Files.writeString(
                folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 1e400}");
        assertThat(Refusal.of(() -> AdapterConfig.read(file)))
                .singleElement()
                .asString()
                .contains("finite");
    }
}
