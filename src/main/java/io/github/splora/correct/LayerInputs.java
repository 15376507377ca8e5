package io.github.splora.correct;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.PositiveDefinite;
import io.github.splora.linalg.SymmetricEigen;
import java.util.Arrays;

/**
 * What a layer reads: the second moments of its inputs x on examples of a task, T, and on other requests, H, each divided by its
 * mean eigenvalue; as factors, {@code T = KᵀK} and {@code H = LᵀL}. With {@code Z = L (T + 1)⁻¹} and the eigenvalues and eigenvectors
 * of {@code LZᵀ = QΛQᵀ},
 *
 * <pre>λH (T + 1 + λH)⁻¹ = Lᵀ Q diag(λ/(1 + λΛ)) Qᵀ Z</pre>
 *
 * <p>so no matrix of {@code [in, in]} is needed, and another λ costs next to nothing. Layers that read the same inputs share it.
 */
public final class LayerInputs {

    /** Kᵀ : [in, m]. */
    private final Matrix task;
    /** Lᵀ Q : [in, n]. */
    private final Matrix requests;
    /** Qᵀ Z : [n, in]. */
    private final Matrix directions;
    /** Qᵀ Z Kᵀ : [n, m]. */
    private final Matrix directionsOnTask;
    /** Λ. */
    private final double[] eigenvalues;

    /**
     * Creates them from factors whose length does not matter. Their rows may be the inputs themselves, or fewer rows with nearly the
     * same product {@code KᵀK}.
     *
     * @param ofTask {@code [m, in]}, finite
     * @param ofRequests {@code [n, in]}, finite
     */
    public LayerInputs(Matrix ofTask, Matrix ofRequests) {
        task = ofMeanOne(ofTask).transpose();
        Matrix others = ofMeanOne(ofRequests).transpose();
        Matrix floored = task.transposeTimes(task);
        for (int i = 0; i < floored.rows(); i++) {
            floored.values()[i * floored.columns() + i] += 1;
        }
        // (T + 1)⁻¹ Lᵀ = Lᵀ − Kᵀ (KKᵀ + 1)⁻¹ K Lᵀ
        Matrix z = others.minus(task.times(PositiveDefinite.solve(floored, task.transposeTimes(others))));
        Matrix product = others.transposeTimes(z);
        product.copyLowerToUpper();
        SymmetricEigen eigen = SymmetricEigen.of(product);
        eigenvalues = eigen.values();
        requests = others.times(eigen.vectors());
        directions = z.times(eigen.vectors()).transpose();
        directionsOnTask = directions.times(task);
    }

    /** Divides a factor so that the second moments have a mean eigenvalue of 1; zeros stay. */
    private static Matrix ofMeanOne(Matrix factor) {
        double largest = Arrays.stream(factor.values()).map(Math::abs).max().orElse(0);
        if (largest == 0) {
            return factor;
        }
        // First by the largest number, because squares of very large or small numbers do not exist.
        Matrix scaled = factor.scaledBy(1 / largest);
        return scaled.scaledBy(Math.sqrt(factor.columns() / scaled.squaredNorm()));
    }

    /** {@code A Kᵀ : [r, m]}. */
    Matrix onTask(Matrix a) {
        return a.times(task);
    }

    /** {@code A Lᵀ Q : [r, n]}. */
    Matrix onRequests(Matrix a) {
        return a.times(requests);
    }

    /** {@code A λH (T + 1 + λH)⁻¹ : [r, in]}, from {@link #onRequests}. */
    Matrix taken(Matrix onRequests, double weight) {
        return weighted(onRequests, weight).times(directions);
    }

    /** {@code A λH (T + 1 + λH)⁻¹ Kᵀ : [r, m]}, from {@link #onRequests}. */
    Matrix takenOnTask(Matrix onRequests, double weight) {
        return weighted(onRequests, weight).times(directionsOnTask);
    }

    private Matrix weighted(Matrix onRequests, double weight) {
        // Rounding may leave an eigenvalue of a matrix without negative ones below zero.
        return onRequests.scaledColumns(Arrays.stream(eigenvalues)
                .map(value -> weight / (1 + weight * Math.max(0, value)))
                .toArray());
    }
}
