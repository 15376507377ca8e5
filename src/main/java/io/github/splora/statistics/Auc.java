package io.github.splora.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The area under the curve of hits over false alarms: the chance that a value of one sample is higher than one of another, ties
 * counting half (Mann and Whitney's U, normalized), with a percentile interval of a bootstrap that resamples both samples.
 *
 * @param value the estimate
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record Auc(double value, double low, double high) {

    private static final int RESAMPLES = 4000;
    private static final long SEED = 1;

    /**
     * Compares two samples.
     *
     * @param one at least one value
     * @param other at least one value
     * @param level chance of an interval that misses the true value
     */
    public static Auc of(double[] one, double[] other, double level) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] estimates = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            estimates[i] = value(resampled(one, random), resampled(other, random));
        }
        Arrays.sort(estimates);
        int tail = (int) Math.floor(level / 2 * RESAMPLES);
        return new Auc(value(one, other), estimates[tail], estimates[RESAMPLES - 1 - tail]);
    }

    private static double value(double[] one, double[] other) {
        double[] sorted = other.clone();
        Arrays.sort(sorted);
        double wins = 0;
        for (double each : one) {
            wins += (below(sorted, each) + below(sorted, Math.nextUp(each))) / 2.0;
        }
        return wins / ((double) one.length * other.length);
    }

    /** Returns how many sorted values are below a limit. */
    private static int below(double[] sorted, double limit) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < limit) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double[] resampled(double[] sample, SplittableRandom random) {
        double[] drawn = new double[sample.length];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = sample[random.nextInt(sample.length)];
        }
        return drawn;
    }
}
