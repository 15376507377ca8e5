package io.github.splora.alignment;

import io.github.splora.linalg.Matrix;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Applies SafeLoRA's operator to a tall-skinny matrix {@code X : [out, k]}:
 *
 * <pre>C = V Vᵀ/‖V‖_F : [out, out],   C X = V (VᵀX)/‖V‖_F</pre>
 *
 * in two walks over the weights. C is not a projection: its norm is σ_max(V)²/‖V‖_F, usually far below 1. It is zero if
 * V is zero.
 *
 * <p>Source: Hsu et al., "Safe LoRA", NeurIPS 2024 (arXiv 2405.16833), section 3.4.
 */
public final class SafeLoraOperator {

    private final Matrix x;
    private @Nullable Slot<Matrix> transposed;
    private @Nullable Slot<Double> squaredNorm;
    private @Nullable Slot<Matrix> image;

    public SafeLoraOperator(Matrix x) {
        this.x = x;
    }

    /** Requests what the next walk has to compute; returns false once {@link #image} is available. */
    public boolean ask(Pass pass) {
        if (transposed == null || squaredNorm == null) {
            transposed = pass.transposeTimes(Operand.ALIGNMENT_DELTA, x);
            squaredNorm = pass.inner(Operand.ALIGNMENT_DELTA, Operand.ALIGNMENT_DELTA);
            return true;
        }
        if (image != null || squaredNorm.get() == 0) {
            return false;
        }
        image = pass.times(Operand.ALIGNMENT_DELTA, transposed.get());
        return true;
    }

    /** Returns {@code ‖V‖²}. */
    public double squaredNorm() {
        return Objects.requireNonNull(squaredNorm).get();
    }

    /** Returns {@code C X : [out, k]}. */
    public Matrix image() {
        return image == null ? Matrix.zeros(x.rows(), x.columns()) : image.get().scaledBy(1 / Math.sqrt(squaredNorm()));
    }
}
