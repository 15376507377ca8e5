package io.github.splora.spark.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is read in whatever order, no byte is read from the file twice. */
class KeptRangesTest {

    @Test
    void noByteIsReadTwice() throws IOException {
        byte[] file = new byte[5000];
        new Random(1).nextBytes(file);
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int[] times = new int[file.length];
            KeptRanges ranges = new KeptRanges((from, into, offset, length) -> {
                System.arraycopy(file, (int) from, into, offset, length);
                for (int i = 0; i < length; i++) {
                    times[(int) from + i]++;
                }
            });
            boolean[] wanted = new boolean[file.length];
            for (int i = 0; i < 60; i++) {
                int from = random.nextInt(file.length);
                byte[] part = new byte[random.nextInt(Math.min(700, file.length - from) + 1)];
                ranges.read(from, part);
                assertThat(part).isEqualTo(Arrays.copyOfRange(file, from, from + part.length));
                Arrays.fill(wanted, from, from + part.length, true);
            }
            for (int i = 0; i < file.length; i++) {
                assertThat(times[i]).isEqualTo(wanted[i] ? 1 : 0);
            }
        }
    }
}
