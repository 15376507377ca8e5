package io.github.splora.surgery;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.ModuleNames;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NameEndsTest {

    /** Includes characters that sort before the dot. */
    private static String name(Random random) {
        return random.ints(1 + random.nextInt(6), 0, 5)
                .mapToObj(i -> "ab.-.".substring(i, i + 1))
                .collect(Collectors.joining());
    }

    @Test
    void theyAreTheEndsOfTheNames() {
        Random random = new Random(3);
        for (int round = 0; round < 500; round++) {
            List<String> names = Stream.generate(() -> name(random)).limit(5).toList();
            Set<String> expected = names.stream().flatMap(ModuleNames::ends).collect(Collectors.toSet());
            NameEnds ends = new NameEnds(names);
            for (int i = 0; i < 20; i++) {
                String end = name(random);
                assertThat(ends.contain(end)).as("%s of %s", end, names).isEqualTo(expected.contains(end));
            }
            expected.forEach(end ->
                    assertThat(ends.contain(end)).as("%s of %s", end, names).isTrue());
        }
    }

    @Test
    void suffixesAreTheShortestThatMatchNoOtherModule() {
        List<String> names = List.of("a.layers.0.q", "b.c.layers.1.q", "x.q");
        assertThat(ModuleSuffixes.of(names, List.of("d.layers.0.q", "b.c.layers.1.k", "c.layers.1.q", "x.k")))
                .containsExactly("a.layers.0.q", "b.c.layers.1.q", "x.q");
        assertThat(ModuleSuffixes.of(names, List.of("layers.2.q", "e.c.layers.1.q")))
                .containsExactly("layers.0.q", "b.c.layers.1.q", "x.q");
    }
}
