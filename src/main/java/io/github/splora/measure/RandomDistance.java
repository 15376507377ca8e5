package io.github.splora.measure;

import java.io.Serializable;

/**
 * The distribution of the distance that a delta with the same singular values and random singular vectors would have.
 * It is nearly normal, because it is a sum over many directions.
 *
 * @param expected mean of the distance
 * @param deviation standard deviation of the distance
 */
public record RandomDistance(double expected, double deviation) implements Serializable {

    /** Derives the moments of a distance from those of its square, by the delta method to second order. */
    static RandomDistance ofSquare(double mean, double variance) {
        double root = Math.sqrt(mean);
        return mean == 0
                ? new RandomDistance(0, 0)
                : new RandomDistance(root * (1 - variance / (8 * mean * mean)), Math.sqrt(variance) / (2 * root));
    }
}
