package io.github.splora.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlainKeysTest {

    private static void never() {
        throw new AssertionError("too many comparisons");
    }

    private static PlainKeys keys(PlainKeys.End end, String... keys) {
        return PlainKeys.of(List.of(keys), end, PlainKeysTest::never);
    }

    @ParameterizedTest
    @CsvSource({
        "q_proj,true",
        "layers.0.q-proj,true",
        "^q,true",
        "layers\\.0\\.q,true",
        "q.*,false",
        "q$,false",
        "a|b,false",
        "[q],false",
        "a^b,false",
        "é,false",
        "\\d,false",
        "'',false"
    })
    void plainKeysAreAlmostNames(String key, boolean isPlain) {
        assertThat(PlainKeys.isPlain(key)).isEqualTo(isPlain);
    }

    @Test
    void aLongKeyIsNoDanger() {
        String key = "a\\.".repeat(1_000_000);
        assertThat(PlainKeys.isPlain(key)).isTrue();
        assertThat(keys(PlainKeys.End.NAME, key).first("a.".repeat(500))).isEmpty();
        assertThat(PlainKeys.isPlain("a\\")).isFalse();
    }

    /** Random keys and names of a few characters, so that most kinds of match and mismatch occur. */
    @ParameterizedTest
    @EnumSource
    void theyMatchAsRegularExpressionsDo(PlainKeys.End end) {
        boolean isName = end == PlainKeys.End.NAME;
        PythonRegex regex = new PythonRegex(Path.of("adapter_config.json"));
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            List<String> keys = Stream.generate(
                            () -> (random.nextInt(8) == 0 ? "^" : "") + text(random, "a", "b", ".", "\\."))
                    .limit(8)
                    .toList();
            PlainKeys plain = PlainKeys.of(keys, end, PlainKeysTest::never);
            List<NameRegex> expressions = keys.stream()
                    .map(key -> isName
                            ? regex.compile("(.*\\.)?(", key, ")$", "k")
                            : regex.compile("(^|.*\\.)", key, "($|\\..*)", "k"))
                    .toList();
            for (int i = 0; i < 30; i++) {
                String name = text(random, "a", "b", ".", "a", "b", ".", "\n", "\0");
                BitSet found = new BitSet();
                plain.each(name, found::set);
                BitSet expected = new BitSet();
                IntStream.range(0, keys.size())
                        .filter(place -> expressions.get(place).lookingAt(name))
                        .forEach(expected::set);
                assertThat(found).as("%s in %s", name, keys).isEqualTo(expected);
                assertThat(plain.first(name).orElse(-1)).isEqualTo(expected.nextSetBit(0));
            }
        }
    }

    private static String text(Random random, String... pieces) {
        StringBuilder text = new StringBuilder();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            text.append(pieces[random.nextInt(pieces.length)]);
        }
        return text.toString();
    }

    @Test
    void aNameIsNotComparedWithEveryKey() {
        String[] many =
                IntStream.range(0, 100_000).mapToObj(i -> "layers." + i + ".k").toArray(String[]::new);
        PlainKeys keys = keys(PlainKeys.End.NAME, many);
        for (int i = 0; i < 100; i++) {
            assertThat(keys.first("model.layers." + i + ".k")).contains(i);
            assertThat(keys.first("model.layers." + i + ".q")).isEmpty();
        }
        assertThat(keys.steps()).isLessThan(200 * 2000);
    }

    @Test
    void comparisonsAreLimited() {
        List<String> hostile = IntStream.range(0, 1 << 10)
                .mapToObj(i -> String.format("%10s", Integer.toBinaryString(i))
                        .replace('1', 'a')
                        .replace('0', '.')
                        .replace(' ', '.'))
                .toList();
        PlainKeys keys = PlainKeys.of(hostile, PlainKeys.End.NAME, 100_000, () -> {
            throw new IllegalStateException("limit");
        });
        assertThat(keys.first("a".repeat(10))).contains(0);
        assertThatThrownBy(() -> IntStream.range(0, 100).forEach(i -> keys.first("a".repeat(10))))
                .hasMessage("limit");
    }
}
