package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.json.StrictJson;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TargetMatcherTest {

    /**
     * Results of {@code check_target_module_exists} in PEFT 0.21.0: below each config, + marks modules that PEFT wraps
     * and - those that it does not.
     */
    private static final String PEFT =
            """
      {"target_modules": ["q_proj"]}
        + model.layers.0.self_attn.q_proj
        + q_proj
        - model.layers.0.self_attn.xq_proj
        - model.layers.0.self_attn.q_proj.inner
        - model.layers.0.self_attn.k_proj
      {"target_modules": ["self_attn.q_proj", "layers.1.mlp.up_proj"]}
        + model.layers.0.self_attn.q_proj
        - model.layers.0.cross_attn.q_proj
        + model.layers.1.mlp.up_proj
        - model.layers.11.mlp.up_proj
        - model.layers.0.mlp.up_proj
      {"target_modules": ["c_proj"]}
        + transformer.h.0.attn.c_proj
        + transformer.h.0.mlp.c_proj
        - transformer.h.0.attn.c_attn
      {"target_modules": ["q.proj"]}
        - model.layers.0.q_proj
      {"target_modules": []}
        - q_proj
      {"target_modules": ".*[.](q|v)_proj"}
        + model.layers.0.self_attn.q_proj
        - model.layers.0.self_attn.k_proj
        - q_proj
        - model.layers.0.self_attn.q_proj.inner
      {"target_modules": "q_proj"}
        - model.layers.0.self_attn.q_proj
        + q_proj
      {"target_modules": "(?!.*vision).*[.](?:q_proj|v_proj)"}
        + model.language_model.layers.0.q_proj
        - model.vision_tower.layers.0.q_proj
      {"target_modules": "(?i).*[.]Q_PROJ"}
        + model.layers.0.q_proj
      {"target_modules": ".*layers[.](?P<n>\\\\d)[.]block(?P=n)[.]q"}
        + model.layers.3.block3.q
        - model.layers.3.block4.q
      {"target_modules": ["q_proj"], "exclude_modules": ["layers.1.self_attn.q_proj"]}
        + model.layers.0.self_attn.q_proj
        - model.layers.1.self_attn.q_proj
        + model.layers.11.self_attn.q_proj
      {"target_modules": ["q_proj"], "exclude_modules": ".*layers[.][02][.].*"}
        - model.layers.0.self_attn.q_proj
        + model.layers.1.self_attn.q_proj
        - model.layers.2.self_attn.q_proj
      {"target_modules": ["q_proj"], "exclude_modules": "q_proj"}
        + model.layers.0.self_attn.q_proj
        - q_proj
      {"target_modules": ["q_proj"], "exclude_modules": []}
        + model.layers.0.self_attn.q_proj
      {"target_modules": ["q_proj"], "exclude_modules": ""}
        + model.layers.0.self_attn.q_proj
      {"target_modules": ["q_proj"], "exclude_modules": null}
        + model.layers.0.self_attn.q_proj
      {"target_modules": ["score", "dense"], "modules_to_save": ["score"]}
        - score
        - model.score
        - model.score.dense
        + model.scores.dense
        - model.xscore
      {"target_modules": ["q_proj"], "layers_to_transform": 1}
        - model.layers.0.self_attn.q_proj
        + model.layers.1.self_attn.q_proj
        - model.layers.11.self_attn.q_proj
        - layers.1.self_attn.q_proj
        - model.q_proj
      {"target_modules": ["q_proj"], "layers_to_transform": [0, 2]}
        + model.layers.0.self_attn.q_proj
        - model.layers.1.self_attn.q_proj
        + model.layers.2.self_attn.q_proj
      {"target_modules": ["q_proj"], "layers_to_transform": []}
        + model.layers.5.self_attn.q_proj
      {"target_modules": ["w1"], "layers_to_transform": [1]}
        + model.layers.1.experts.0.w1
        - model.layers.0.experts.1.w1
      {"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": "layers"}
        + model.layers.1.self_attn.q_proj
        + layers.1.self_attn.q_proj
        - model.h.1.self_attn.q_proj
        + model.blocks.0.layers.1.q_proj
      {"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": ["h", "layers"]}
        + model.layers.1.self_attn.q_proj
        + model.h.1.self_attn.q_proj
        - model.h.0.layers.1.q_proj
        + model.layers.0.h.1.q_proj
      {"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": ""}
        + model.h.1.q_proj
      {"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": []}
        + model.h.1.q_proj
      {"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": null}
        + model.h.1.q_proj
      {"target_modules": ["layers.0.self_attn.q_proj"], "layers_to_transform": [1]}
        - model.layers.0.self_attn.q_proj
      """;

    /** Results of PEFT for unusual configs. */
    private static final String PEFT_ODDITIES =
            """
      {"target_modules": ["q_proj"], "exclude_modules": "all-linear"}
        + model.layers.0.self_attn.q_proj
      {"target_modules": ["q_proj"], "layers_to_transform": 1}
        + q_proj
      {"target_modules": ["model.layers.0.self_attn.q_proj"], "layers_to_transform": [1]}
        + model.layers.0.self_attn.q_proj
      """;

    @TempDir
    Path folder;

    static Stream<Arguments> verdicts() {
        return parse(PEFT);
    }

    static Stream<Arguments> oddities() {
        return parse(PEFT_ODDITIES);
    }

    @ParameterizedTest
    @MethodSource("verdicts")
    void wrapsWhatPeftWraps(String config, String module, boolean wrapped) {
        assertThat(matcher(config).targets(module)).isEqualTo(wrapped);
    }

    @ParameterizedTest
    @MethodSource("oddities")
    void wrapsWhatPeftWrapsInOddConfigs(String config, String module, boolean wrapped) {
        assertThat(matcher(config).targets(module)).isEqualTo(wrapped);
    }

    @Test
    void aConfigWithoutTargetsLeavesThemToTheTypeOfModel() {
        for (String config : List.of("{}", "{\"target_modules\": null}", "{\"target_modules\": \"all-linear\"}")) {
            assertThat(matcher(config).namesItsTargets()).as(config).isFalse();
            assertThat(matcher(config).targets("model.layers.0.self_attn.q_proj"))
                    .as(config)
                    .isTrue();
        }
    }

    @Test
    void excludesApplyEvenIfTheTypeOfModelDecides() {
        TargetMatcher targets = matcher("{\"target_modules\": \"all-linear\", \"exclude_modules\": [\"q_proj\"]}");
        assertThat(targets.targets("model.layers.0.self_attn.q_proj")).isFalse();
        assertThat(targets.targets("model.layers.0.self_attn.k_proj")).isTrue();
    }

    @Test
    void aListAndARegularExpressionNameTheirTargets() {
        assertThat(matcher("{\"target_modules\": [\"q_proj\"]}").namesItsTargets())
                .isTrue();
        assertThat(matcher("{\"target_modules\": \".*\"}").namesItsTargets()).isTrue();
    }

    @Test
    void refusesABrokenRegularExpressionWithItsField() {
        for (String field : List.of("target_modules", "exclude_modules")) {
            assertThat(Refusal.of(() -> matcher("{\"" + field + "\": \"(q_proj\"}")))
                    .singleElement()
                    .asString()
                    .startsWith(folder.resolve("adapter_config.json") + ": " + field
                            + " '(q_proj': not a valid regular expression: ");
        }
    }

    @Test
    void abandonsAHostileExpressionAndNamesItsField() {
        String hostile = "(.*a){20}b";
        Map.of(
                        "target_modules", "\"%s\"",
                        "exclude_modules", "\"%s\"",
                        "modules_to_save", "[\"%s\"]",
                        "layers_pattern", "\"%s\", \"target_modules\": [\"q\"], \"layers_to_transform\": [1]")
                .forEach((field, json) -> assertThat(
                                Refusal.of(() -> matcher("{\"" + field + "\": " + json.formatted(hostile) + "}")
                                        .targets("a".repeat(60) + ".q")))
                        .containsExactly(folder.resolve("adapter_config.json") + ": " + field
                                + " '(.*a){20}b': takes too many steps" + " to match '" + "a".repeat(60)
                                + ".q'; simplify it"));
    }

    /** Java would take the pattern for the letter p; in Python it matches no module. */
    @Test
    void refusesAPatternThatMeansSomethingElseInPython() {
        assertThat(Refusal.of(() -> matcher("{\"exclude_modules\": \".*[p&&[p]]roj\"}")))
                .containsExactly(folder.resolve("adapter_config.json") + ": exclude_modules '.*[p&&[p]]roj': uses a set"
                        + " operation ('&&') at position 4, which splora cannot match as Python does; write it"
                        + " differently");
    }

    @Test
    void aLayersPatternThatMatchesWithoutAnIndexFindsNone() {
        assertThat(matcher(
                                "{\"target_modules\": [\"q\"], \"layers_to_transform\": [1], \"layers_pattern\": \"layers|h\"}")
                        .targets("layers.1.q"))
                .isFalse();
    }

    @Test
    void anIndexIsReadAsPythonReadsNumbers() {
        String config = "{\"target_modules\": [\"q\"], \"layers_to_transform\": [1]}";
        assertThat(matcher(config).targets("model.layers.0000000001.q")).isTrue();
        assertThat(matcher(config).targets("model.layers.\u0661.q")).isTrue();
        assertThat(matcher(config).targets("model.layers.10000000001.q")).isFalse();
    }

    @Test
    void anIndexBeyondAnyModelMatchesNoLayer() {
        assertThat(matcher("{\"target_modules\": [\"q\"], \"layers_to_transform\": [1]}")
                        .targets("model.layers.99999999999.q"))
                .isFalse();
    }

    @Test
    void aGroupsNameMayHaveAnUnderscoreAsInPython() {
        assertThat(matcher("{\"target_modules\": \".*[.](?P<layer_index>[0-9])[.]q\"}")
                        .targets("layers.1.q"))
                .isTrue();
    }

    /** The same results as PEFT 0.21 with a tiny Mixtral. */
    @Test
    void aParameterIsTargetedByItsSuffixRegardlessOfExcludes() {
        TargetMatcher matcher = matcher("{\"target_modules\": [\"q_proj\"], \"exclude_modules\": [\"down_proj\"],"
                + " \"target_parameters\": [\"experts.down_proj\", \"layers.1.mlp.experts.gate_up_proj\"]}");
        assertThat(matcher.targetsParameter("model.layers.0.mlp.experts.down_proj"))
                .isTrue();
        assertThat(matcher.targetsParameter("model.layers.1.mlp.experts.gate_up_proj"))
                .isTrue();
        assertThat(matcher.targetsParameter("model.layers.11.mlp.experts.gate_up_proj"))
                .isFalse();
        assertThat(matcher.targetsParameter("model.layers.0.mlp.down_proj")).isFalse();
        assertThat(matcher.targets("model.layers.0.mlp.experts.down_proj")).isFalse();
    }

    private TargetMatcher matcher(String targets) {
        Path config = new TinyAdapter().writeConfigTo(folder);
        AdapterConfig plain = AdapterConfig.read(config);
        try {
            Files.writeString(config, targets);
            return plain.targetsOf(StrictJson.readObject(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Arguments> parse(String table) {
        List<Arguments> cases = new ArrayList<>();
        String config = null;
        for (String line : table.lines().toList()) {
            if (line.startsWith("{")) {
                config = line;
            } else {
                cases.add(Arguments.of(
                        config, line.strip().substring(2), line.strip().startsWith("+")));
            }
        }
        return cases.stream();
    }
}
