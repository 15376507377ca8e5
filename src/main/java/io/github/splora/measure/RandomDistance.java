package io.github.splora.measure;

/**
 * The distance that a delta of the same singular values would have if its singular vectors pointed anywhere: nearly
 * normal, since it is a sum over very many directions.
 *
 * @param expected its mean
 * @param deviation its standard deviation
 */
public record RandomDistance(double expected, double deviation) {

    /** Of the root of a squared distance, from the moments of that: the delta method, to second order. */
    static RandomDistance ofSquare(double mean, double variance) {
        double root = Math.sqrt(mean);
        return mean == 0
                ? new RandomDistance(0, 0)
                : new RandomDistance(root * (1 - variance / (8 * mean * mean)), Math.sqrt(variance) / (2 * root));
    }
}
