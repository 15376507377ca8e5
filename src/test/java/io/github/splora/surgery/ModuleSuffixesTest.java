package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleSuffixesTest {

    private static List<String> suffixes(List<String> names, String... others) {
        return ModuleSuffixes.of(names, List.of(others));
    }

    @Test
    void aSuffixStartsAtTheContainerOfTheBlock() {
        assertThat(suffixes(
                        List.of("model.layers.1.self_attn.q_proj", "transformer.h.0.attn.c_attn"), "model.layers.2.x"))
                .containsExactly("layers.1.self_attn.q_proj", "h.0.attn.c_attn");
    }

    @Test
    void aModuleOutsideAnyBlockKeepsItsWholeName() {
        assertThat(suffixes(List.of("lm_head", "model.embed_tokens"))).containsExactly("lm_head", "model.embed_tokens");
    }

    @Test
    void aSharedSuffixGrowsUntilItIsUnique() {
        assertThat(suffixes(List.of("model.text.layers.1.q", "model.text.layers.2.q"), "model.vision.layers.1.q"))
                .containsExactly("text.layers.1.q", "layers.2.q");
    }

    @Test
    void aNameThatEndsAnotherOneIsGivenWholeAndStaysAmbiguous() {
        assertThat(suffixes(List.of("layers.1.q"), "vision.layers.1.q")).containsExactly("layers.1.q");
        assertThat(ModuleSuffixes.matchAny(List.of("layers.1.q"), List.of("vision.layers.1.q")))
                .isTrue();
    }

    @Test
    void aSuffixMatchesAtADotOnly() {
        assertThat(ModuleSuffixes.matchAny(List.of("q_proj"), List.of("model.q_proj")))
                .isTrue();
        assertThat(ModuleSuffixes.matchAny(List.of("q_proj"), List.of("q_proj")))
                .isTrue();
        assertThat(ModuleSuffixes.matchAny(List.of("proj"), List.of("model.q_proj")))
                .isFalse();
    }

    @Test
    void anExpressionMatchesWhatTheListOfSuffixesDoes() {
        String regex = ModuleSuffixes.asRegex(List.of("layers.1.q", "lm_head"));
        assertThat(List.of("layers.1.q", "model.layers.1.q", "lm_head", "a.b.lm_head"))
                .allMatch(name -> name.matches(regex));
        assertThat(List.of("layersx1.q", "xlayers.1.q", "layers.1.q.x", "xlm_head"))
                .noneMatch(name -> name.matches(regex));
    }

    @Test
    void anExactExpressionMatchesTheWholeNamesOnly() {
        String regex = ModuleSuffixes.exactly(List.of("layers.1.q", "a+b"));
        assertThat(List.of("layers.1.q", "a+b")).allMatch(name -> name.matches(regex));
        assertThat(List.of("model.layers.1.q", "layers-1.q", "aab")).noneMatch(name -> name.matches(regex));
    }
}
