package io.github.splora.tensor.loops;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Converts pairs of 16-bit floats to float32. Java's compiler does not vectorize loops with {@link Float#intBitsToFloat};
 * copying whole arrays to native memory and back as floats takes half as long.
 */
final class FloatBits {

    private int[] pairs = {};
    private int[] bits = {};
    private IntBuffer memory = IntBuffer.allocate(0);
    private FloatBuffer floats = FloatBuffer.allocate(0);

    /**
     * Takes pairs of bfloat16s apart.
     *
     * @param first of the {@code n} pairs
     * @param even takes the lower halves
     * @param odd takes the upper ones
     */
    void widenBfloats(int[] from, int first, int n, float[] even, float[] odd) {
        take(from, first, n);
        Loops.evenBfloats(pairs, bits, n);
        convert(even, n);
        Loops.oddBfloats(pairs, bits, n);
        convert(odd, n);
    }

    /** As {@link #widenBfloats}, of float16s that are numbers. */
    void widenHalves(int[] from, int first, int n, float[] even, float[] odd) {
        take(from, first, n);
        Loops.evenHalves(pairs, bits, n);
        convert(even, n);
        Loops.scale(even, Loops.HALF_FACTOR, n);
        Loops.oddHalves(pairs, bits, n);
        convert(odd, n);
        Loops.scale(odd, Loops.HALF_FACTOR, n);
    }

    /** The compiler wants loops that begin at zero. */
    private void take(int[] from, int first, int n) {
        if (pairs.length < n) {
            pairs = new int[n];
            bits = new int[n];
            ByteBuffer bytes = ByteBuffer.allocateDirect(n * Float.BYTES).order(ByteOrder.nativeOrder());
            memory = bytes.asIntBuffer();
            floats = bytes.asFloatBuffer();
        }
        System.arraycopy(from, first, pairs, 0, n);
    }

    private void convert(float[] into, int n) {
        memory.put(0, bits, 0, n);
        floats.get(0, into, 0, n);
    }
}
