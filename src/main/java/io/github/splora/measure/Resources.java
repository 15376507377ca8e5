package io.github.splora.measure;

/**
 * What measuring may take of the machine. Results do not depend on it, by a bit.
 *
 * @param threads modules measured side by side, at least 1
 * @param memory bytes that these hold at a time, of weights and of what is computed, at least 1; the program itself is
 *     not counted
 */
public record Resources(int threads, long memory) {

    /** As much as eight or sixteen modules of a large model take side by side; little for any machine that runs Java. */
    public static final long DEFAULT_MEMORY = 256L << 20;

    /** With the memory that is usual. */
    public static Resources of(int threads) {
        return new Resources(threads, DEFAULT_MEMORY);
    }
}
