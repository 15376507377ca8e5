package io.github.splora.alignment;

/**
 * Extrapolates a converging sequence from its changes per step, as if they were a geometric progression: further steps will change
 * it by {@code change · q/(1 − q)}. The ratio q is a mean over the last five steps, since single changes oscillate.
 */
final class Trend {

    private static final int STEPS = 5;
    /** Even in a sequence that converges fast, the last change may repeat. */
    private static final double LEAST_FACTOR = 1;

    private static final double LARGEST_RATIO = 0.95;
    /** Ratio at which a change over several steps is divided among them, at least. */
    private static final double LEAST_RATIO = 1e-3;

    /** A ring buffer of the latest changes. */
    private final double[] changes = new double[STEPS + 1];

    private int count;
    private double ratio = 1;

    /**
     * Adds the change that several steps made together, as a geometric progression with the ratio so far.
     *
     * @param steps at least 1
     */
    void add(double change, int steps) {
        double q = count == 0 ? LARGEST_RATIO : Math.max(LEAST_RATIO, Math.min(LARGEST_RATIO, ratio));
        double part = change * (1 - q) / (1 - Math.pow(q, steps));
        for (int i = 0; i < steps; i++) {
            add(part);
            part *= q;
        }
    }

    /** Adds the change that the latest step made; a negative one, which only rounding makes, counts as 0. */
    void add(double latest) {
        double change = Math.max(0, latest);
        changes[count++ % changes.length] = change;
        int back = Math.min(STEPS, count - 1);
        double earlier = changes[(count - 1 - back) % changes.length];
        ratio = back == 0
                ? LARGEST_RATIO
                : earlier == 0 ? 0 : Math.min(LARGEST_RATIO, Math.pow(change / earlier, 1.0 / back));
    }

    /** Returns q; a value near 1 before there are two changes. */
    double ratio() {
        return ratio;
    }

    /** Returns the estimated change through all further steps; infinite before the first change. */
    double remaining() {
        return count == 0
                ? Double.POSITIVE_INFINITY
                : changes[(count - 1) % changes.length] * Math.max(LEAST_FACTOR, ratio / (1 - ratio));
    }
}
