package io.github.splora.fuzz;

import io.github.splora.cli.FileArgumentsFuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Runs every fuzz target on its seeds and on a few mutations of them, as many as the ordinary test run can afford. */
class FuzzTargetsTest {

    private static final Path SEEDS = Path.of("testdata/fuzz");
    private static final Path PICKLES = Path.of("testdata/pickles");
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ",",
            ":",
            "null",
            "true",
            "-1",
            "1e999",
            "9223372036854775808",
            "\\ud800",
            "\0",
            "../",
            "(",
            ")*",
            "(?=",
            "\ufeff",
            "[[[[[[[[[[[[[[[[[[[[",
            "{\"a\":");

    /** A fuzz target and its seed folder. */
    record Target(Path seeds, Consumer<byte[]> test) {

        @Override
        public String toString() {
            return seeds.getFileName().toString();
        }
    }

    static List<Target> targets() {
        return List.of(
                new Target(SEEDS.resolve("HeaderFuzz"), HeaderFuzz::fuzzerTestOneInput),
                new Target(SEEDS.resolve("ShardIndexFuzz"), ShardIndexFuzz::fuzzerTestOneInput),
                new Target(SEEDS.resolve("AdapterConfigFuzz"), AdapterConfigFuzz::fuzzerTestOneInput),
                new Target(SEEDS.resolve("PolicyFuzz"), PolicyFuzz::fuzzerTestOneInput),
                new Target(PICKLES, PickleFuzz::fuzzerTestOneInput),
                new Target(SEEDS.resolve("FileArgumentsFuzz"), FileArgumentsFuzz::fuzzerTestOneInput));
    }

    @Example
    void everySeedIsRefusedOrValid() throws IOException {
        for (Target target : targets()) {
            seedsOf(target).forEach(target.test());
        }
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void aMutatedFileIsRefusedOrValid(@ForAll("targetsToTry") Target target, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<byte[]> seeds = seedsOf(target);
        byte[] bytes = seeds.get(random.nextInt(seeds.size()));
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            bytes = mutated(bytes, random);
        }
        target.test().accept(bytes);
    }

    @Provide
    Arbitrary<Target> targetsToTry() {
        return Arbitraries.of(targets());
    }

    private static List<byte[]> seedsOf(Target target) throws IOException {
        try (var files = Files.list(target.seeds())) {
            List<byte[]> seeds = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                seeds.add(Files.readAllBytes(file));
            }
            return seeds;
        }
    }

    /** Makes one change: flips a bit, or removes, repeats or inserts bytes. */
    private static byte[] mutated(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length + 1);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(12));
        byte[] token = TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(5)) {
            case 0 -> join(bytes, at, new byte[0], end);
            case 1 -> join(bytes, end, Arrays.copyOfRange(bytes, at, end), end);
            case 2 -> join(bytes, at, token, at);
            case 3 -> join(bytes, at, token, end);
            default -> {
                byte[] copy = bytes.clone();
                if (at < copy.length) {
                    copy[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                }
                yield copy;
            }
        };
    }

    private static byte[] join(byte[] bytes, int end, byte[] middle, int begin) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(bytes, 0, end);
        joined.writeBytes(middle);
        joined.write(bytes, begin, bytes.length - begin);
        return joined.toByteArray();
    }
}
