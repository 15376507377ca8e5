package io.github.splora.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.testing.Refusal;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleFilterTest {

    private static final String Q1 = "model.layers.1.self_attn.q_proj";

    private static boolean includes(String pattern, String module) {
        return new ModuleFilter(List.of(pattern), List.of()).test(module);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Q1,
                "q_proj",
                "self_attn.q_proj",
                "layers.1.*",
                "layers.?.self_attn.*",
                "*.q_proj",
                "?_proj",
                "*",
                "model.*",
                "/q_proj$/",
                "/layers\\.[0-3]\\./",
                "/attn/",
                "/^model/"
            })
    void aPatternMatchesTheWholeNameOrWhatFollowsADot(String pattern) {
        assertThat(includes(pattern, Q1)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proj",
                "q_pro",
                "layers.1",
                "ayers.1.*",
                "layers.10.*",
                "model",
                "Q_PROJ",
                "q.proj",
                "/^q_proj/",
                "/layers\\.2/"
            })
    void aPatternMatchesNothingElse(String pattern) {
        assertThat(includes(pattern, Q1)).isFalse();
    }

    @Test
    void aDotInAGlobIsADot() {
        assertThat(includes("layers.1.q", "layersx1xq")).isFalse();
        assertThat(includes("a+b(c", "model.a+b(c")).isTrue();
    }

    @Test
    void withoutPatternsEveryModuleTakesPart() {
        assertThat(new ModuleFilter(List.of(), List.of()).test(Q1)).isTrue();
    }

    @Test
    void anyIncludeIsEnough() {
        ModuleFilter filter = new ModuleFilter(List.of("k_proj", "q_proj"), List.of());
        assertThat(List.of(Q1, "layers.1.v_proj")).filteredOn(filter).containsExactly(Q1);
    }

    @Test
    void anExcludeBeatsAnInclude() {
        ModuleFilter filter = new ModuleFilter(List.of("layers.1.*"), List.of("/q_/"));
        assertThat(List.of(Q1, "layers.1.v_proj")).filteredOn(filter).containsExactly("layers.1.v_proj");
    }

    @Test
    void excludesAloneLeaveTheRest() {
        ModuleFilter filter = new ModuleFilter(List.of(), List.of("layers.0.*", "k_proj"));
        assertThat(List.of(Q1, "layers.0.q_proj", "layers.1.k_proj"))
                .filteredOn(filter)
                .containsExactly(Q1);
    }

    @Test
    void anInvalidRegexIsRefusedAtOnce() {
        assertThatThrownBy(() -> new ModuleFilter(List.of(), List.of("/(/")))
                .isInstanceOf(PatternSyntaxException.class);
    }

    @Test
    void aRegexThatTakesForeverIsGivenUp() {
        ModuleFilter filter = new ModuleFilter(List.of(), List.of("/((a*)*)*b/"));
        assertThat(Refusal.of(() -> filter.test("a".repeat(60))))
                .singleElement()
                .asString()
                .startsWith("--exclude: '/((a*)*)*b/': takes too many steps to match 'aaa");
    }

    @Test
    void aGlobThatTakesForeverIsGivenUp() {
        ModuleFilter filter = new ModuleFilter(List.of("*a".repeat(20)), List.of());
        assertThat(Refusal.of(() -> filter.test("a".repeat(200) + "b")))
                .singleElement()
                .asString()
                .startsWith("--include: '*a*a");
    }
}
