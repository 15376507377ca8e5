package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressBarTest {

    private static final long GB = 1_000_000_000;

    private final StringWriter err = new StringWriter();
    private long now = 5;
    private final ProgressBar bar = new ProgressBar(new PrintWriter(err), () -> now);

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Returns the lines that have been drawn, one over the other. */
    private List<String> drawn() {
        return List.of(err.toString().substring(1).split("\r"));
    }

    private String last() {
        return drawn().get(drawn().size() - 1);
    }

    @Test
    void aLineTellsWhatIsDoneHowFastAndHowLongItTakes() {
        bar.begin(4, 16 * GB);
        assertThat(last()).isEqualTo("scoring [........................] 0/4\u001b[K");
        pass(10_000);
        bar.moduleDone(4 * GB);
        assertThat(last()).isEqualTo("scoring [######..................] 1/4  400.0 MB/s  30 s left\u001b[K");
    }

    @ParameterizedTest
    @CsvSource({"59, 59 s", "60, 1:00 min", "3599, 59:59 min", "3600, 1:00 h", "40000, 11:06 h"})
    void theTimeLeftIsShort(long seconds, String words) {
        bar.begin(2, (seconds + 1) * GB);
        pass(1000);
        bar.moduleDone(GB);
        assertThat(last()).endsWith("  1.0 GB/s  " + words + " left\u001b[K");
    }

    @Test
    void itFitsEightyColumns() {
        bar.begin(10_000, 999_900 * GB);
        pass(1000);
        for (int i = 0; i < 9999; i++) {
            bar.moduleDone(i == 0 ? 999_800 * GB : 1);
        }
        assertThat(drawn())
                .allSatisfy(line -> assertThat(line.replace("\u001b[K", "")).hasSizeLessThan(80));
    }

    @Test
    void itIsDrawnAtMostTenTimesASecondAndWhenAllIsDone() {
        bar.begin(1000, 1000);
        for (int i = 0; i < 1000; i++) {
            pass(1);
            bar.moduleDone(1);
        }
        assertThat(drawn()).hasSizeLessThanOrEqualTo(11);
        assertThat(last()).startsWith("scoring [########################] 1000/1000");
    }

    @Test
    void aLineGoesOverTheOneBeforeWithoutClearingItFirst() {
        bar.begin(1, 1);
        bar.moduleDone(1);
        assertThat(err.toString()).startsWith("\rscoring").doesNotContain("\u001b[K\u001b[K", "\r\u001b[K");
        bar.end();
        assertThat(err.toString()).endsWith("\u001b[K\r\u001b[K");
    }

    @Test
    void manyWalksOverAModuleAreShownUntilItIsDone() {
        bar.begin(2, 2 * GB);
        pass(200);
        bar.moduleWalked("layers.0.q_proj", 41);
        assertThat(last()).isEqualTo("scoring [........................] 0/2  41 walks over layers.0.q_proj\u001b[K");
        pass(9_800);
        bar.moduleDone(GB);
        assertThat(last()).isEqualTo("scoring [############............] 1/2  100.0 MB/s  10 s left\u001b[K");
    }
}
