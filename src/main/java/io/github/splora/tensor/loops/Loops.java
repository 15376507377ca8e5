package io.github.splora.tensor.loops;

/**
 * The innermost loops. Java's compiler vectorizes loops of this form: one index for all arrays, no offsets, and few
 * operations in the body (four rows at a time still vectorize, eight do not). {@code a·b + c} always rounds twice, so the
 * results are the same bits on every machine.
 */
final class Loops {

    /** Factor that completes the conversion by {@link #evenHalves} and {@link #oddHalves}. */
    static final float HALF_FACTOR = 0x1p112f;

    private Loops() {}

    /** Rounds up to a multiple of {@code step}. */
    static int roundedUp(int n, int step) {
        return (n + step - 1) / step * step;
    }

    /** {@code to += factor · from}, starting at {@code to[at]}. */
    static void addScaled(double[] to, int at, float[] from, double factor, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] += factor * from[i];
        }
    }

    /** {@code sum += b0·r0 + b1·r1 + b2·r2 + b3·r3}, the first {@code n} elements. */
    static void addFour(
            float[] sum,
            float[] r0,
            float[] r1,
            float[] r2,
            float[] r3,
            float b0,
            float b1,
            float b2,
            float b3,
            int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += (b0 * r0[i] + b1 * r1[i]) + (b2 * r2[i] + b3 * r3[i]);
        }
    }

    /** {@code sum += r0² + r1² + r2² + r3²}. */
    static void addSquares(float[] sum, float[] r0, float[] r1, float[] r2, float[] r3, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += (r0[i] * r0[i] + r1[i] * r1[i]) + (r2[i] * r2[i] + r3[i] * r3[i]);
        }
    }

    /** {@code sum += left · right}. */
    static void addProducts(float[] sum, float[] left, float[] right, int n) {
        for (int i = 0; i < n; i++) {
            sum[i] += left[i] * right[i];
        }
    }

    /** {@code from −= minus}. */
    static void subtract(float[] from, float[] minus, int n) {
        for (int i = 0; i < n; i++) {
            from[i] -= minus[i];
        }
    }

    /** {@code from −= minus}, in float64. */
    static void subtract(double[] from, double[] minus) {
        for (int i = 0; i < from.length; i++) {
            from[i] -= minus[i];
        }
    }

    /** {@code to = from − to}, in float64. */
    static void subtractFrom(double[] from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i] - to[i];
        }
    }

    /** {@code sum[at + i] += left[first + i] · right[first + i]}, in float64. */
    static void addProducts(double[] sum, int at, double[] left, double[] right, int first, int n) {
        for (int i = 0; i < n; i++) {
            sum[at + i] += left[first + i] * right[first + i];
        }
    }

    /** {@code Σ left[first + i] · right[first + i]} in float64. */
    static double inner(double[] left, double[] right, int first, int n) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int end = first + n;
        int i = first;
        for (; i + 3 < end; i += 4) {
            sum0 += left[i] * right[i];
            sum1 += left[i + 1] * right[i + 1];
            sum2 += left[i + 2] * right[i + 2];
            sum3 += left[i + 3] * right[i + 3];
        }
        for (; i < end; i++) {
            sum0 += left[i] * right[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /** {@code row *= factor}. */
    static void scale(float[] row, float factor, int n) {
        for (int i = 0; i < n; i++) {
            row[i] *= factor;
        }
    }

    /** {@code Σ row} in float64. */
    static double sum(float[] row, int n) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            sum0 += row[i];
            sum1 += row[i + 1];
            sum2 += row[i + 2];
            sum3 += row[i + 3];
        }
        for (; i < n; i++) {
            sum0 += row[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /** Returns the largest magnitude, or NaN if the row contains one. */
    static float maxMagnitude(float[] row, int n) {
        float max = 0;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, Math.abs(row[i]));
        }
        return max;
    }

    /** Converts the bfloat16 in the lower half of each pair, the one at an even index; a bfloat16 is a float32's upper half. */
    static void evenBfloats(int[] pairs, int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = pairs[i] << 16;
        }
    }

    /** As {@link #evenBfloats}, for odd indices, in the upper halves. */
    static void oddBfloats(int[] pairs, int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = pairs[i] & 0xFFFF0000;
        }
    }

    /**
     * Converts float16s at even indices. Moving exponent and fraction to their places in a float32 gives a value too small by
     * 2^112, also for subnormals. Infinities and NaN become finite numbers: see {@link #hasHalfBeyondNumbers}.
     */
    static void evenHalves(int[] pairs, int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = (pairs[i] & 0x7FFF) << 13 | (pairs[i] & 0x8000) << 16;
        }
    }

    /** As {@link #evenHalves}, for odd indices. */
    static void oddHalves(int[] pairs, int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = ((pairs[i] & 0x7FFF0000) >>> 3) | (pairs[i] & 0x80000000);
        }
    }

    /** Whether any float16 is infinite or NaN. */
    static boolean hasHalfBeyondNumbers(int[] pairs, int n) {
        int carries = 0;
        for (int i = 0; i < n; i++) {
            carries |= (pairs[i] & 0x7FFF7FFF) + 0x04000400;
        }
        return (carries & 0x80008000) != 0;
    }
}
