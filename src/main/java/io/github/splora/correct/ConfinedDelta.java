package io.github.splora.correct;

import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;

/**
 * A delta confined to its task, at any weight λ. With T and H of {@link LayerInputs}, it is the D that minimizes
 * {@code ‖(D − ΔW)(T + 1)^½‖² + λ ‖D H^½‖²}:
 *
 * <pre>A := A (T + 1) (T + 1 + λH)⁻¹ = A − A λH (T + 1 + λH)⁻¹</pre>
 *
 * <p>times the factor that makes what it adds to outputs on inputs of the task as large as before, in the root mean square. MEMIT
 * writes facts into a layer by the same formula (arXiv 2210.07229); here it is applied to what training has written.
 * docs/safety-study.md describes how it was tested.
 */
public final class ConfinedDelta {

    /**
     * The largest factor. Adapters of the safety study need up to 2.7. If next to nothing of a module is left on its task, a larger one
     * would only enlarge what the module does elsewhere.
     */
    private static final double MOST_GAIN = 4;

    private final LowRank delta;
    private final LayerInputs inputs;
    private final Matrix gramOfB;
    private final Matrix onTask;
    private final Matrix onRequests;
    /** {@code mean ‖ΔW x‖²} on the task. */
    private final double size;

    public ConfinedDelta(LowRank delta, LayerInputs inputs) {
        this.delta = delta;
        this.inputs = inputs;
        gramOfB = delta.b().transposeTimes(delta.b());
        onTask = inputs.onTask(delta.a());
        onRequests = inputs.onRequests(delta.a());
        size = inner(onTask, onTask);
    }

    /** Returns the confined delta, of the same rank. */
    public LowRank at(double weight) {
        return new LowRank(
                delta.a().minus(inputs.taken(onRequests, weight)), delta.b().scaledBy(gain(leftOnTask(weight))));
    }

    /** Returns how much of what the delta does to the task stays at each weight. */
    public TaskAgreement agreement() {
        return TaskAgreement.of(size, weight -> {
            Matrix left = leftOnTask(weight);
            double after = inner(left, left);
            return after > 0 ? Math.sqrt(size / after) * inner(onTask, left) : 0;
        });
    }

    /** The factor with which a confined delta is as large on the task as before. */
    private double gain(Matrix left) {
        double after = inner(left, left);
        return size > 0 && after > 0 ? Math.min(MOST_GAIN, Math.sqrt(size / after)) : 1;
    }

    /** {@code A Kᵀ} of the confined delta, before the gain. */
    private Matrix leftOnTask(double weight) {
        return onTask.minus(inputs.takenOnTask(onRequests, weight));
    }

    /** {@code ⟨BX, BY⟩}. */
    private double inner(Matrix x, Matrix y) {
        return x.times(y.transpose()).inner(gramOfB);
    }
}
