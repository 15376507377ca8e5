package io.github.splora.correct;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** How much of what deltas do to inputs of their task stays when they are confined to it, at each of some weights. */
public final class TaskAgreement {

    /** The weights, lowest first: four to a factor of 10, from 0.01 to 1e6. */
    private static final double[] WEIGHTS = IntStream.rangeClosed(-8, 24)
            .mapToDouble(i -> Math.pow(10, i / 4.0))
            .toArray();

    /** That of no modules. */
    public static final TaskAgreement NONE =
            new TaskAgreement(0, 0, new double[WEIGHTS.length], new double[WEIGHTS.length]);

    /** {@code mean ‖ΔW x‖²} over inputs of the task, summed over the modules. */
    private final double size;
    /** Number of modules. */
    private final int count;
    /** {@code mean ⟨ΔW x, D x⟩} of the confined delta D at each weight, summed the same way. D is as large there as ΔW. */
    private final double[] agreeing;
    /** The cosine of ΔW x and D x at each weight, summed over the modules. */
    private final double[] cosines;

    private TaskAgreement(double size, int count, double[] agreeing, double[] cosines) {
        this.size = size;
        this.count = count;
        this.agreeing = agreeing;
        this.cosines = cosines;
    }

    /**
     * Returns that of one module.
     *
     * @param size {@code mean ‖ΔW x‖²}
     * @param agreeingAt returns {@code mean ⟨ΔW x, D x⟩} at a weight
     */
    static TaskAgreement of(double size, DoubleUnaryOperator agreeingAt) {
        double[] agreeing = Arrays.stream(WEIGHTS).map(agreeingAt).toArray();
        // A module that does nothing to the task has nothing to keep. One with infinite numbers is refused when it is
        // scored.
        return size > 0 && Double.isFinite(size)
                ? new TaskAgreement(
                        size,
                        1,
                        agreeing,
                        Arrays.stream(agreeing).map(each -> each / size).toArray())
                : NONE;
    }

    /** Returns that of both sets of modules. */
    public TaskAgreement plus(TaskAgreement other) {
        return new TaskAgreement(
                size + other.size, count + other.count, sum(agreeing, other.agreeing), sum(cosines, other.cosines));
    }

    private static double[] sum(double[] one, double[] other) {
        double[] sums = new double[one.length];
        Arrays.setAll(sums, i -> one[i] + other[i]);
        return sums;
    }

    /**
     * Returns the highest weight that leaves a cosine of at least {@code cosine} between what the modules do to inputs of the task before
     * and after: all modules together, or on average, whichever allows the higher weight. Together, a single large module could decide
     * that nothing may change. Between two weights, the cosine is interpolated over the weight's logarithm.
     */
    public double weightFor(double cosine) {
        return Math.max(weightFor(cosine, agreeing, size), weightFor(cosine, cosines, count));
    }

    private static double weightFor(double cosine, double[] sums, double whole) {
        for (int i = 0; i < WEIGHTS.length && whole > 0; i++) {
            double here = sums[i] / whole;
            if (here < cosine) {
                // Without any weight, nothing changes.
                double before = i == 0 ? 1 : sums[i - 1] / whole;
                double share = (before - cosine) / (before - here);
                return i == 0 ? share * WEIGHTS[0] : WEIGHTS[i - 1] * Math.pow(WEIGHTS[i] / WEIGHTS[i - 1], share);
            }
        }
        return WEIGHTS[WEIGHTS.length - 1];
    }
}
