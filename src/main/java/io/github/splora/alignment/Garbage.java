package io.github.splora.alignment;

/** What large matrices leave behind. */
final class Garbage {

    /** Size from which a collection, some hundredths of a second, is short beside computing with the matrix. */
    private static final long LARGE = 16 << 20;

    private Garbage() {}

    /**
     * Frees matrices that are no longer used, if they are large. The serial collector, which bin/splora chooses, would rather
     * enlarge the heap, up to a quarter of the machine's memory, than look for them.
     *
     * @param numbers size of one of them, in float64 numbers
     */
    static void collect(long numbers) {
        if (numbers * Double.BYTES >= LARGE) {
            System.gc();
        }
    }
}
