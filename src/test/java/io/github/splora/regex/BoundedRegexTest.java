package io.github.splora.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import io.github.splora.testing.Refusal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedRegexTest {

    private static final String NAME = "model.layers.11.self_attn.q_proj";

    private static BadInputException refusal(String reason) {
        return new BadInputException(Path.of("config"), "field", "'x'", reason);
    }

    private static BoundedRegex regex(String expression) {
        return BoundedRegex.compile(expression, new Allowance(), BoundedRegexTest::refusal);
    }

    private static BoundedRegex hasty(String expression) {
        return BoundedRegex.compile(
                expression, new Allowance(Duration.ofMillis(200), Duration.ofMillis(100)), BoundedRegexTest::refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(.*a){20}",
                ".*.*.*.*.*.*.*.*z",
                "((a*)*)*b",
                "(a+)+\\1z",
                "(a+)*(a+)*(a+)*(a+)*(a+)*b",
                "(?!(a+)+\\1z).*",
                "(?=((a*)*)*b).*"
            })
    void abandonsAnExpressionThatTakesTooManySteps(String expression) {
        assertThat(Refusal.of(() -> regex(expression).matches("a".repeat(60) + "c")))
                .containsExactly(
                        "config: field 'x': takes too many steps to match '" + "a".repeat(60) + "c'; simplify it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(?:(?:(?:(){999}){999}){999}){9}", "(?:\\G){2000000000}q"})
    void abandonsAnExpressionThatRepeatsAnEmptyMatch(String expression) {
        assertThat(Refusal.of(() -> hasty(expression).matches("")))
                .containsExactly("config: field 'x': takes too long to match; simplify it");
    }

    @Test
    void expressionsWithOneAllowanceShareItsTime() {
        Allowance allowance = new Allowance(Duration.ofMillis(100), Duration.ofMillis(100));
        BoundedRegex.compile("(?:.*[.])?q", allowance, BoundedRegexTest::refusal)
                .matches(NAME);
        assertThat(Refusal.of(() -> {
                    for (int i = 0; i < 1_000_000; i++) {
                        BoundedRegex.compile("(?:.*[.])?v", allowance, BoundedRegexTest::refusal)
                                .matches(NAME);
                    }
                }))
                .containsExactly("config: field 'x': takes too long to match; simplify it");
    }

    @Test
    void abandonsAMatchThatWouldOverflowTheStack() {
        assertThat(Refusal.of(() -> regex("(?:a|b)*").matches("a".repeat(1_000_000))))
                .containsExactly("config: field 'x': nests too deeply to match; simplify it");
    }

    @Test
    void anExpressionNestedTooDeeplyIsNotValid() {
        assertThatThrownBy(() -> regex("(".repeat(100_000))).isInstanceOf(PatternSyntaxException.class);
    }

    @Test
    void evenNamesAloneHaveALimit() {
        assertThat(Refusal.of(() -> regex("(.*\\.)?(" + ".".repeat(500) + "x)$").lookingAt(".".repeat(100_000))))
                .singleElement()
                .asString()
                .endsWith("…'; simplify it");
    }

    @Test
    void supportsLookaroundsAndBackReferences() {
        assertThat(regex("(?!.*vision).*layers[.](\\d)\\1[.].*(?<=q_proj)").matches(NAME))
                .isTrue();
        assertThat(regex("(?!.*self).*q_proj").matches(NAME)).isFalse();
        assertThat(regex("attn").find(NAME)).isTrue();
        assertThat(regex("attn").lookingAt(NAME)).isFalse();
        assertThat(regex("(.*\\.)?(q_proj)$").lookingAt(NAME)).isTrue();
        assertThat(regex("model[.]layers[.](?<idx>\\d+)").groupAtStart(NAME, "idx"))
                .contains("11");
        assertThat(regex("model|(?<idx>\\d+)").groupAtStart(NAME, "idx")).isEmpty();
    }
}
