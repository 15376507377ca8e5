package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gate on the pruned modules is refused if nothing can be pruned, since it would let everything through. */
class GateWithoutRuleTest {

    private final StringWriter err = new StringWriter();

    private int score(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "score",
                "--base",
                "testdata/tiny-llama/base",
                "--aligned",
                "testdata/tiny-llama/aligned",
                "--adapter",
                "testdata/tiny-llama/adapter",
                "-q"));
        args.addAll(List.of(more));
        return Main.run(
                args.toArray(String[]::new),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                new HubCache(Path.of("target/no-such-hub")),
                Terminal.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pruned>0", "pruned-fraction>0.2", "pruned-delta-share>0.1"})
    void isWrongUsage(String condition) {
        assertThat(score("--metric", "cosine", "--fail-on", "max-score>1", "--fail-on", condition))
                .isEqualTo(2);
        assertThat(err.toString())
                .startsWith("splora: --fail-on " + condition + ": --metric cosine has no default rule,"
                        + " so nothing would be pruned: give --threshold, --count, --fraction or --all");
    }

    @Test
    void aGateOnScoresNeedsNoRule() {
        assertThat(score("--metric", "cosine", "--fail-on", "max-score>0.2")).isEqualTo(3);
        assertThat(err.toString().strip()).startsWith("splora: gate failed: max-score 0.209887 > 0.2 (model.layers.");
    }

    @Test
    void norDoesOneThatHasOne() {
        assertThat(score("--metric", "cosine", "--threshold", "0.15", "--fail-on", "pruned>4"))
                .isZero();
        assertThat(score("--fail-on", "pruned>6")).isZero();
    }
}
