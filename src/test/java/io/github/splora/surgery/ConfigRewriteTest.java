package io.github.splora.surgery;

import static io.github.splora.surgery.ConfigStyle.EXCLUDE;
import static io.github.splora.surgery.ConfigStyle.LIST;
import static io.github.splora.surgery.ConfigStyle.TARGETS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.testing.Refusal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected configs were checked by hand against PEFT 0.21's check_target_module_exists. */
class ConfigRewriteTest {

    private static final String Q0 = "model.layers.0.attn.q";
    private static final String K0 = "model.layers.0.attn.k";
    private static final String Q1 = "model.layers.1.attn.q";
    private static final String K1 = "model.layers.1.attn.k";
    private static final String TEXT = "model.text.layers.1.attn.q";
    private static final String VISION = "model.vision.layers.1.attn.q";

    @TempDir
    Path folder;

    private String excludes(String fields, List<String> kept, List<String> removed) {
        return Config.rewritten(Config.of(folder, fields), EXCLUDE, "exclude_modules", kept, removed);
    }

    private String targets(String fields, List<String> kept, List<String> removed) {
        return Config.rewritten(Config.of(folder, fields), TARGETS, "target_modules", kept, removed);
    }

    @Test
    void anExcludeKeepsEveryOtherKeyItsPlaceAndItsDigits() {
        AdapterConfig config =
                Config.of(folder, "'target_modules': ['q', 'k'], 'exclude_modules': null, 'bias': 'none'");
        assertThat(Config.oneLine(new ConfigRewrite(config, List.of(Q0, K0, K1), List.of(Q1)).in(EXCLUDE)))
                .isEqualTo("{'auto_mapping': null,'r': 2,'lora_alpha': 4.50,'target_modules': ['q','k'],"
                        + "'exclude_modules': ['layers.1.attn.q'],'bias': 'none','peft_type': 'LORA',"
                        + "'zzz_of_the_future': {'b': 1,'a': [0.10]}}");
    }

    @Test
    void newTargetsKeepEveryOtherKeyAndItsPlace() {
        AdapterConfig config =
                Config.of(folder, "'target_modules': ['q', 'k'], 'exclude_modules': null, 'bias': 'none'");
        ObjectNode before = config.toJson();
        ObjectNode after = new ConfigRewrite(config, List.of(Q0, K0, K1), List.of(Q1)).in(TARGETS);
        assertThat(Config.keys(after)).isEqualTo(Config.keys(before));
        assertThat(Config.oneLine(after, "target_modules"))
                .isEqualTo("['layers.0.attn.q','layers.0.attn.k','layers.1.attn.k']");
        after.set("target_modules", before.get("target_modules"));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void theConfigItselfIsNotTouched() {
        AdapterConfig config = Config.of(folder, "'target_modules': ['q'], 'rank_pattern': {'layers.1.attn.q': 2}");
        ObjectNode before = config.toJson();
        new ConfigRewrite(config, List.of(Q0), List.of(Q1)).in(EXCLUDE);
        assertThat(config.toJson()).isEqualTo(before);
    }

    @Test
    void anAbsentExcludeListIsAdded() {
        assertThat(excludes("'target_modules': ['q', 'k']", List.of(Q0), List.of(Q1, K1)))
                .isEqualTo("['layers.1.attn.q','layers.1.attn.k']");
    }

    @Test
    void anExistingExcludeListIsExtended() {
        assertThat(excludes(
                        "'target_modules': ['q', 'k'], 'exclude_modules': ['lm_head', 'layers.0.attn.k']",
                        List.of(Q0),
                        List.of(Q1)))
                .isEqualTo("['lm_head','layers.0.attn.k','layers.1.attn.q']");
    }

    @Test
    void anExistingExcludeExpressionIsExtendedByAnAlternative() {
        assertThat(excludes(
                        "'target_modules': ['q'], 'exclude_modules': '.*vision.*|.*head'", List.of(Q0), List.of(Q1)))
                .isEqualTo("'(?:.*vision.*|.*head)|(?:.*\\\\.)?(?:layers\\\\.1\\\\.attn\\\\.q)'");
    }

    @Test
    void flagsOfAnExpressionStayAtItsStart() {
        assertThat(excludes("'target_modules': ['q'], 'exclude_modules': '(?i).*VISION.*'", List.of(Q0), List.of(Q1)))
                .isEqualTo("'(?i)(?:.*VISION.*)|(?:.*\\\\.)?(?:layers\\\\.1\\\\.attn\\\\.q)'");
        assertThat(targets("'target_modules': '(?i).*\\\\.Q'", List.of(Q0), List.of(Q1)))
                .isEqualTo("'(?i)(?!(?:(?:.*\\\\.)?(?:layers\\\\.1\\\\.attn\\\\.q))$)(?:.*\\\\.Q)'");
    }

    @Test
    void anExcludeGrowsIfAVisionTowerSharesTheSuffix() {
        assertThat(excludes("'target_modules': ['q']", List.of(VISION), List.of(TEXT)))
                .isEqualTo("['text.layers.1.attn.q']");
        assertThat(targets("'target_modules': ['q']", List.of(VISION), List.of(TEXT)))
                .isEqualTo("['vision.layers.1.attn.q']");
    }

    @Test
    void anExcludeIsAnExpressionForWholeNamesIfARemovedNameEndsAKeptOne() {
        assertThat(excludes(
                        "'target_modules': ['q']", List.of("tower.layers.1.q"), List.of("layers.1.q", "layers.2.q")))
                .isEqualTo("'(?:layers\\\\.1\\\\.q|layers\\\\.2\\\\.q)'");
    }

    @Test
    void thatExpressionIncludesAnExistingList() {
        assertThat(excludes(
                        "'target_modules': ['q'], 'exclude_modules': ['lm_head']",
                        List.of("tower.layers.1.q"),
                        List.of("layers.1.q")))
                .isEqualTo("'(?:.*\\\\.)?(?:lm_head)|(?:layers\\\\.1\\\\.q)'");
    }

    @Test
    void thatExpressionIncludesAnExistingExpression() {
        assertThat(excludes(
                        "'target_modules': ['q'], 'exclude_modules': '.*head'",
                        List.of("tower.layers.1.q"),
                        List.of("layers.1.q")))
                .isEqualTo("'(?:.*head)|(?:layers\\\\.1\\\\.q)'");
    }

    @Test
    void targetsAreAnExpressionIfAKeptNameEndsARemovedOne() {
        AdapterConfig config =
                Config.of(folder, "'target_modules': ['q'], 'layers_to_transform': [1], 'layers_pattern': 'layers'");
        ObjectNode json =
                new ConfigRewrite(config, List.of("model.layers.1.q"), List.of("x.model.layers.1.q")).in(TARGETS);
        assertThat(Config.oneLine(json, "target_modules")).isEqualTo("'(?:model\\\\.layers\\\\.1\\\\.q)'");
        // PEFT rejects these two alongside a regular expression.
        assertThat(Config.oneLine(json, "layers_to_transform")).isEqualTo("null");
        assertThat(Config.oneLine(json, "layers_pattern")).isEqualTo("null");
    }

    @Test
    void targetsThatAreAnExpressionGetALookahead() {
        assertThat(targets("'target_modules': '.*\\\\.(q|k)'", List.of(Q0, K0, K1), List.of(Q1)))
                .isEqualTo("'(?!(?:(?:.*\\\\.)?(?:layers\\\\.1\\\\.attn\\\\.q))$)(?:.*\\\\.(q|k))'");
    }

    @Test
    void thatLookaheadNamesWholeModulesWhereASuffixWouldHitAKeptOne() {
        assertThat(targets("'target_modules': '.*q'", List.of("tower.layers.1.q"), List.of("layers.1.q")))
                .isEqualTo("'(?!(?:(?:layers\\\\.1\\\\.q))$)(?:.*q)'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'target_modules': null", "'target_modules': 'all-linear'", "'bias': 'none'"})
    void targetsThatWereNotNamedAreNamed(String fields) {
        assertThat(targets(fields, List.of(Q0, "lm_head"), List.of(Q1))).isEqualTo("['layers.0.attn.q','lm_head']");
    }

    @Test
    void layersToTransformStayBesideAListOfTargets() {
        AdapterConfig config = Config.of(folder, "'target_modules': ['q'], 'layers_to_transform': [0, 1]");
        ObjectNode json = new ConfigRewrite(config, List.of(Q0), List.of(Q1)).in(TARGETS);
        assertThat(Config.oneLine(json, "layers_to_transform")).isEqualTo("[0,1]");
        assertThat(Config.oneLine(json, "target_modules")).isEqualTo("['layers.0.attn.q']");
    }

    @ParameterizedTest
    @EnumSource(ConfigStyle.class)
    void patternsWithoutARemainingModuleAreRemoved(ConfigStyle style) {
        AdapterConfig config = Config.of(
                folder,
                "'target_modules': ['q', 'k'],"
                        + " 'rank_pattern': {'layers.1.attn.q': 2, 'attn.k': 2, 'layers\\\\.[01]\\\\.attn\\\\.q': 2},"
                        + " 'alpha_pattern': {'layers\\\\.1\\\\..*': 8, 'q': 8.0}");
        ObjectNode json = new ConfigRewrite(config, List.of(Q0, K0), List.of(Q1, K1)).in(style);
        assertThat(Config.oneLine(json, "rank_pattern")).isEqualTo("{'attn.k':2,'layers\\\\.[01]\\\\.attn\\\\.q':2}");
        assertThat(Config.oneLine(json, "alpha_pattern")).isEqualTo("{'q':8.0}");
    }

    static List<String> configs() {
        return List.of(
                "'target_modules': ['q', 'k']",
                "'target_modules': ['attn.q', 'model.layers.0.attn.k', 'layers.1.attn.k']",
                "'target_modules': '.*\\\\.(q|k)'",
                "'target_modules': '(?!.*vision)(?:.*attn\\\\.(?P<p>[qk]))'",
                "'target_modules': null",
                "'target_modules': 'all-linear'",
                "'target_modules': ['q', 'k'], 'exclude_modules': '.*vision.*'",
                "'target_modules': ['q', 'k'], 'exclude_modules': ['vision.layers.1.attn.q']",
                "'target_modules': ['q', 'k'], 'layers_to_transform': [0, 1], 'layers_pattern': ['layers']");
    }

    @ParameterizedTest
    @MethodSource("configs")
    void inEitherStyleOnlyTheRemovedModulesAreNoLongerTargeted(String fields) {
        AdapterConfig config = Config.of(folder, fields);
        List<String> all = List.of(Q0, K0, Q1, K1, TEXT, VISION);
        TargetMatcher before = config.targets();
        List<String> removed = List.of(Q1, TEXT);
        List<String> kept = all.stream().filter(name -> !removed.contains(name)).toList();
        for (ConfigStyle style : ConfigStyle.values()) {
            TargetMatcher after = config.targetsOf(new ConfigRewrite(config, kept, removed).in(style));
            assertThat(all)
                    .filteredOn(after::targets)
                    .as(style.toString())
                    .containsExactlyElementsOf(
                            kept.stream().filter(before::targets).toList());
        }
    }

    @Test
    void newTargetsLeaveOutAKeptModuleThatWasNotTargetedBefore() {
        assertThat(targets("'target_modules': ['q']", List.of(Q0, K0), List.of(Q1)))
                .isEqualTo("['layers.0.attn.q']");
    }

    @Test
    void newTargetsMatchNoMoreThanTheOldOnesDid() {
        assertThat(targets(
                        "'target_modules': ['text.layers.0.attn.q', 'text.layers.1.attn.q']",
                        List.of(TEXT),
                        List.of("model.text.layers.0.attn.q")))
                .isEqualTo("['text.layers.1.attn.q']");
    }

    private String list(String fields, List<String> kept, List<String> removed) {
        return Config.rewritten(Config.of(folder, fields), LIST, "target_modules", kept, removed);
    }

    @Test
    void aListStaysAListOfTheRemainingModules() {
        assertThat(list("'target_modules': ['q', 'k']", List.of(Q0, K0, K1), List.of(Q1)))
                .isEqualTo("['layers.0.attn.q','layers.0.attn.k','layers.1.attn.k']");
    }

    @Test
    void whatNoListOfNamesCanExpressIsRefused() {
        assertThat(Refusal.of(() -> list("'target_modules': ['q']", List.of("layers.1.attn.q"), List.of(TEXT, VISION))))
                .containsExactly(folder.resolve("adapter_config.json") + ": target_modules [layers.1.attn.q]: a list of"
                        + " names would also target removed modules, whose names end in the same way;"
                        + " use --action zero");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'.*[qk]'", "'all-linear'", "null"})
    void otherTargetsBecomeAListOfWholeNames(String targets) {
        assertThat(list("'target_modules': " + targets, List.of(Q0, K0, K1), List.of(Q1)))
                .isEqualTo("['" + Q0 + "','" + K0 + "','" + K1 + "']");
        assertThat(list("'target_modules': " + targets, List.of(Q0, K1), List.of()))
                .isEqualTo("['" + Q0 + "','" + K1 + "']");
    }

    @Test
    void withoutRemovalsOnlyARequiredListIsWritten() {
        assertThat(ConfigRewrite.isNeeded(Config.of(folder, "'target_modules': '.*q'"), LIST))
                .isTrue();
        assertThat(ConfigRewrite.isNeeded(Config.of(folder, "'target_modules': ['q']"), LIST))
                .isFalse();
        assertThat(ConfigRewrite.isNeeded(Config.of(folder, "'target_modules': '.*q'"), TARGETS))
                .isFalse();
        assertThat(ConfigRewrite.isNeeded(Config.of(folder, "'target_modules': '.*q'"), EXCLUDE))
                .isFalse();
    }
}
