package io.github.splora.delta;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Slot;

/**
 * OLoRA's part of the weight: {@code P = s·Q_r R_r} with the first r columns and rows of {@code W = QR}. The first r
 * columns of Q span those of W, and {@code R_r = Q_rᵀ W}, so two products with tall-skinny matrices give both.
 *
 * <p>Source: Büyükakyüz, "OLoRA: Orthonormal Low-Rank Adaptation of Large Language Models", arXiv 2406.01775.
 */
final class OloraPart implements BasePart {

    private final int rank;
    private final int inFeatures;
    private final double scaling;
    private Slot<Matrix> firstColumns;
    private Matrix q;
    private Slot<Matrix> transposedR;

    @SuppressWarnings("NullAway.Init") // ask() sets the rest before anything reads it
    OloraPart(int rank, int inFeatures, double scaling) {
        this.rank = rank;
        this.inFeatures = inFeatures;
        this.scaling = scaling;
    }

    @Override
    public boolean ask(Pass pass) {
        if (firstColumns == null) {
            Matrix selection = Matrix.zeros(inFeatures, rank);
            for (int i = 0; i < rank; i++) {
                selection.values()[i * rank + i] = 1;
            }
            firstColumns = pass.times(Operand.ALIGNED, selection);
            return true;
        }
        if (transposedR == null) {
            q = Orthonormal.basis(firstColumns.get());
            transposedR = pass.transposeTimes(Operand.ALIGNED, q);
            return true;
        }
        return false;
    }

    @Override
    public LowRank factors() {
        return new LowRank(transposedR.get().transpose(), q.scaledBy(scaling));
    }
}
