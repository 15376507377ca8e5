package io.github.splora.diff;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.ThinQr;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far apart two modules' deltas {@code s·BA} are, from their factors alone. The difference of two products is one product:
 * {@code [s₂B₂, −s₁B₁]·[A₂; A₁]}; with {@code [A₂; A₁]ᵀ = QR}, its norm is that of {@code [s₂B₂, −s₁B₁]·Rᵀ}, in which products
 * that nearly cancel keep their digits.
 *
 * @param squaredBefore ‖ΔW_before‖²
 * @param squaredDifference ‖ΔW_after − ΔW_before‖²
 */
record DeltaDifference(double squaredBefore, double squaredDifference) {

    /** Returns the difference of two modules; null if their shapes differ. */
    static @Nullable DeltaDifference of(LoraModule before, LoraModule after) {
        if (!before.shape().equals(after.shape())) {
            return null;
        }
        List<Factors> old = before.factors();
        List<Factors> now = after.factors();
        double squaredBefore = 0;
        double squaredDifference = 0;
        for (int i = 0; i < old.size(); i++) {
            Matrix oldA = old.get(i).a();
            Matrix oldB = old.get(i).b().scaledBy(before.scaling());
            Matrix nowA = now.get(i).a();
            Matrix nowB = now.get(i).b().scaledBy(after.scaling());
            squaredBefore += squared(oldA, oldB);
            if (!isEqual(oldA, nowA) || !isEqual(oldB, nowB)) {
                squaredDifference += squared(nowA.above(oldA), nowB.beside(oldB.scaledBy(-1)));
            }
        }
        return new DeltaDifference(squaredBefore, squaredDifference);
    }

    /** Returns the norm of the difference as a share of the older norm; null if that is 0, or not finite. */
    @Nullable
    Double relative() {
        return relative(squaredDifference, squaredBefore);
    }

    static @Nullable Double relative(double squaredDifference, double squaredBefore) {
        double relative = Math.sqrt(squaredDifference) / Math.sqrt(squaredBefore);
        return Double.isFinite(relative) ? Double.valueOf(relative) : null;
    }

    /** {@code ‖BA‖²}. */
    private static double squared(Matrix a, Matrix b) {
        return b.times(ThinQr.of(a.transpose()).r().transpose()).squaredNorm();
    }

    private static boolean isEqual(Matrix one, Matrix other) {
        return one.rows() == other.rows() && Arrays.equals(one.values(), other.values());
    }
}
