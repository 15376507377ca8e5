package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModulePatternTest {

    private static final Path CONFIG = Path.of("adapter_config.json");

    /** Results of {@code get_pattern_key} in PEFT 0.21.0: keys separated by spaces, module, matching key. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "q_proj; model.layers.0.q_proj; q_proj",
                "q_proj; q_proj; q_proj",
                "q_proj; model.xq_proj;",
                "q_proj; model.q_proj.inner;",
                "layers.1.q_proj q_proj; model.layers.1.q_proj; layers.1.q_proj",
                "layers.1.q_proj q_proj; model.layers.11.q_proj; q_proj",
                "q_proj layers.1.q_proj; model.layers.1.q_proj; q_proj",
                "^model.layers.0.q_proj; model.layers.0.q_proj; ^model.layers.0.q_proj",
                "^model.layers.0.q_proj; x.model.layers.0.q_proj;",
                "layers\\.[0-3]\\..*; model.layers.2.self_attn.q_proj; layers\\.[0-3]\\..*",
                "layers\\.[0-3]\\..*; model.layers.4.self_attn.q_proj;",
                "q_proj|v_proj; model.v_proj; q_proj|v_proj",
                "q_proj|v_proj; model.k_proj;",
                ".*attn.*; model.layers.4.self_attn.q_proj; .*attn.*",
                "q_proj$; a.q_proj; q_proj$",
                "layers; model.layers.0;"
            })
    void theFirstKeyThatMatchesDecidesAsInPeft(String keys, String module, String decisive) {
        Map<String, String> values = new LinkedHashMap<>();
        List.of(keys.split(" ")).forEach(key -> values.put(key, key));
        assertThat(new ModulePattern<>(values, CONFIG, "rank_pattern")
                        .valueFor(module)
                        .orElse(null))
                .isEqualTo(decisive);
    }

    @Test
    void returnsTheKeysThatMatchNoModule() {
        Map<String, Integer> values = new LinkedHashMap<>();
        values.put("q_proj", 1);
        values.put("k_proj", 2);
        values.put("layers.0.q_proj", 3);
        assertThat(new ModulePattern<>(values, CONFIG, "rank_pattern").keysMatchingNone(List.of("layers.0.q_proj")))
                .containsExactly("k_proj");
    }

    @Test
    void refusesAnInvalidRegularExpression() {
        assertThat(Refusal.of(() -> new ModulePattern<>(Map.of("q_proj)", 1), CONFIG, "alpha_pattern")))
                .singleElement()
                .asString()
                .startsWith("adapter_config.json: alpha_pattern '")
                .contains("q_proj)")
                .contains("not a valid regular expression");
    }

    /** PEFT puts keys into parentheses, where flags are not at the start, and group 1 is what precedes the key. */
    @Test
    void aKeyIsReadInItsPlace() {
        assertThat(Refusal.of(() -> new ModulePattern<>(Map.of("(?i)Q_PROJ", 1), CONFIG, "alpha_pattern")))
                .containsExactly(
                        "adapter_config.json: alpha_pattern '(?i)Q_PROJ': not a valid regular expression: flags"
                                + " that are not at the start of the expression at position 0");
        ModulePattern<Integer> pattern = new ModulePattern<>(Map.of("(q)_\\1", 1), CONFIG, "alpha_pattern");
        assertThat(pattern.valueFor("layers.q_q")).isEmpty();
        assertThat(pattern.valueFor("layers.q_layers.")).contains(1);
    }

    @Test
    void limitsTheNumberOfRegularExpressions() {
        Map<String, Integer> values = new LinkedHashMap<>();
        IntStream.range(0, 1001).forEach(i -> values.put("layers." + i + ".k.*", 1));
        assertThat(Refusal.of(() -> new ModulePattern<>(values, CONFIG, "rank_pattern")))
                .containsExactly("adapter_config.json: rank_pattern: has 1,001 regular expressions, more than the limit"
                        + " of 1,000 expressions; write plain module names instead");
        values.remove("layers.0.k.*");
        assertThat(new ModulePattern<>(values, CONFIG, "rank_pattern").valueFor("layers.7.k_proj"))
                .contains(1);
    }

    @Test
    void theFirstKeyDecidesWhetherPlainOrNot() {
        Map<String, Integer> values = new LinkedHashMap<>();
        values.put("(a|b)", 1);
        values.put("b", 2);
        values.put("c", 3);
        values.put("(c|d)", 4);
        ModulePattern<Integer> pattern = new ModulePattern<>(values, CONFIG, "rank_pattern");
        assertThat(pattern.valueFor("x.b")).contains(1);
        assertThat(pattern.valueFor("x.c")).contains(3);
        assertThat(pattern.valueFor("x.d")).contains(4);
        assertThat(pattern.keysMatchingNone(List.of("x.b", "x.d"))).containsExactly("c");
    }

    @Test
    void aNameBeyondTheBasicPlaneIsRefusedWithPlainKeysToo() {
        ModulePattern<Integer> pattern = new ModulePattern<>(Map.of("q", 1), CONFIG, "rank_pattern");
        assertThat(Refusal.of(() -> pattern.valueFor("x\uD83D\uDE00.q")))
                .singleElement()
                .asString()
                .contains("beyond U+FFFF");
    }

    @Test
    void abandonsAHostileKey() {
        ModulePattern<Integer> pattern = new ModulePattern<>(Map.of("(.*a){20}b", 1), CONFIG, "rank_pattern");
        assertThat(Refusal.of(() -> pattern.valueFor("a".repeat(60))))
                .singleElement()
                .asString()
                .startsWith("adapter_config.json: rank_pattern '(.*a){20}b': takes too many steps to match 'aaa");
    }
}
