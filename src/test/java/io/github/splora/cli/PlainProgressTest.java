package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PlainProgressTest {

    private final StringWriter err = new StringWriter();
    private long now = 5;
    private final PlainProgress progress = new PlainProgress(new PrintWriter(err), () -> now);

    private void pass(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private List<String> lines() {
        return err.toString().lines().toList();
    }

    @Test
    void nothingIsSaidOfAShortRun() {
        progress.begin(3, 150);
        pass(10);
        progress.moduleDone(50);
        pass(19);
        progress.moduleDone(50);
        pass(1000);
        progress.moduleDone(50);
        progress.end();
        assertThat(lines()).isEmpty();
    }

    @Test
    void aLongRunSaysEvery30SecondsWhatIsLeft() {
        progress.begin(100, 1000);
        for (int i = 0; i < 10; i++) {
            pass(12);
            progress.moduleDone(10);
        }
        assertThat(lines())
                .containsExactly(
                        "splora: 3 of 100 modules measured, 19:24 min left",
                        "splora: 6 of 100 modules measured, 18:48 min left",
                        "splora: 9 of 100 modules measured, 18:12 min left");
    }

    @Test
    void manyWalksAreSaidAtOnceAndThenEvery30Seconds() {
        progress.begin(4, 400);
        pass(10);
        progress.moduleWalked("a\u001bb", 41);
        assertThat(lines())
                .containsExactly("splora: 0 of 4 modules measured; module 'a\\u001bb' takes more than 40 walks over its"
                        + " weights (docs/performance.md lists the options that do)");
        pass(29);
        progress.moduleWalked("a", 42);
        assertThat(lines()).hasSize(1);
        pass(1);
        progress.moduleWalked("a", 43);
        assertThat(lines().get(1)).isEqualTo("splora: 0 of 4 modules measured; 43 walks over module 'a'");
        pass(15);
        progress.moduleDone(100);
        assertThat(lines()).hasSize(2);
        pass(100);
        progress.moduleDone(100);
        assertThat(lines().get(2)).isEqualTo("splora: 2 of 4 modules measured, 2:35 min left");
    }
}
