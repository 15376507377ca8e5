package io.github.splora.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * The area under the curve of hits over false alarms: the chance that a value of one sample is higher than one of another, ties
 * counting half (Mann and Whitney's U, normalized), with an interval. The interval covers two: the percentiles of a bootstrap that
 * resamples both samples, which know their shape, and Newcombe's score interval (2006, method 5), which knows their size. If the
 * samples do not overlap, all resamples agree, and only the second says how little a few values prove.
 *
 * @param value the estimate
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @param chance how often values that are dealt to the samples at random give an area as far from one half: the p-value of a
 *     permutation test, which holds for samples of any size
 */
public record Auc(double value, double low, double high, double chance) {

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
        double value = value(one, other);
        double z = normalQuantile(level / 2);
        return new Auc(
                value,
                Math.min(estimates[tail], farthest(value, 0, z, one.length, other.length)),
                Math.max(estimates[RESAMPLES - 1 - tail], farthest(value, 1, z, one.length, other.length)),
                chance(one, other, value, random));
    }

    private static double chance(double[] one, double[] other, double value, SplittableRandom random) {
        double[] all = DoubleStream.concat(DoubleStream.of(one), DoubleStream.of(other))
                .toArray();
        // Areas are multiples of a half over the number of pairs: half of that is more than rounding.
        double distance = Math.abs(value - 0.5) - 0.25 / ((double) one.length * other.length);
        int far = 1;
        for (int i = 0; i < RESAMPLES; i++) {
            shuffle(all, random);
            double[] dealt = Arrays.copyOfRange(all, 0, one.length);
            double[] rest = Arrays.copyOfRange(all, one.length, all.length);
            far += Math.abs(value(dealt, rest) - 0.5) >= distance ? 1 : 0;
        }
        return far / (RESAMPLES + 1.0);
    }

    private static void shuffle(double[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }

    /** Returns the area nearest to an end from which the estimate is at most {@code z} standard errors away. */
    private static double farthest(double value, double end, double z, int one, int other) {
        double inside = value;
        double outside = end;
        for (int i = 0; i < 60; i++) {
            double middle = (inside + outside) / 2;
            if (Math.abs(value - middle) <= z * standardError(middle, one, other)) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        return inside;
    }

    /** Hanley and McNeil's standard error of an area, with the mean size of the samples for both. */
    private static double standardError(double area, int one, int other) {
        double others = (one + other) / 2.0 - 1;
        return Math.sqrt(area
                * (1 - area)
                * (1 + others * ((1 - area) / (2 - area) + area / (1 + area)))
                / ((double) one * other));
    }

    /** Returns the value that a normal variable exceeds with this chance, to three digits (Abramowitz and Stegun 26.2.23). */
    private static double normalQuantile(double chance) {
        double t = Math.sqrt(-2 * Math.log(chance));
        return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
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
