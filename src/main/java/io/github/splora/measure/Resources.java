package io.github.splora.measure;

/**
 * Limits on the threads and memory used for measuring. Results do not depend on them: they are the same to the last
 * bit.
 *
 * @param threads modules measured in parallel, at least 1
 * @param memory bytes that these modules may hold at a time for weights and results, at least 1; does not include the
 *     program itself
 */
public record Resources(int threads, long memory) {

    /** Enough for eight or sixteen modules of a large model in parallel, and little for any machine that runs Java. */
    public static final long DEFAULT_MEMORY = 256L << 20;

    /** Returns limits with {@link #DEFAULT_MEMORY}. */
    public static Resources of(int threads) {
        return new Resources(threads, DEFAULT_MEMORY);
    }
}
