package io.github.splora.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.testing.DenseMatrix;
import io.github.splora.testing.DenseSubspaces;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subspaces found in a sketch match those of a full decomposition. */
class SpectrumTest {

    @TempDir
    Path folder;

    private final Kernel kernel = TensorEngine.start("cpu").kernel();
    private int walks;

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.9, 0.99, 1})
    void aSmallMatrixIsDecomposedWhole(double energy) throws IOException {
        DenseMatrix v = DenseMatrix.random(30, 50, 1);
        assertSubspaces(v, energy, 1e-9);
        assertThat(walks).isEqualTo(1);
    }

    @Test
    void theFewestVectorsOfALargeMatrixAreFoundInASketch() throws IOException {
        DenseMatrix v = decaying(300, 200, 0.9);
        assertSubspaces(v, 0.9, 1e-6);
        assertThat(walks).isLessThanOrEqualTo(8);
    }

    @Test
    void aSketchGrowsUntilItHoldsTheShare() throws IOException {
        // The singular values of a random matrix hardly decay, so most of them are needed.
        assertSubspaces(DenseMatrix.random(300, 180, 2), 0.9, 1e-6);
        assertSubspaces(DenseMatrix.random(180, 300, 2), 0.9, 1e-6);
    }

    @Test
    void aMatrixTooLargeForOneWalkIsReadInSeveral() throws IOException {
        assertSubspaces(DenseMatrix.random(520, 530, 3), 0.9, 1e-9);
        // Sketches of 64, 128 and 256 columns take two walks each.
        assertThat(walks).isEqualTo(3 * 2 + 2);
    }

    @Test
    void aMatrixOfLowRankNeedsNoMoreThanItsRank() throws IOException {
        DenseMatrix v = DenseMatrix.random(300, 5, 3).times(DenseMatrix.random(5, 180, 4));
        assertSubspaces(v, 1, 1e-6);
        assertThat(spectrum(v, false, 1).dominant(1).dimension()).isEqualTo(5);
    }

    @Test
    void severalSharesComeFromOneSketch() throws IOException {
        DenseMatrix v = decaying(150, 200, 0.8);
        Spectrum spectrum = spectrum(v, false, 0.5, 0.95);
        assertThat(spectrum.dominant(0.5).dimension())
                .isEqualTo(DenseSubspaces.of(v, 0.5).dimension());
        assertThat(spectrum.dominant(0.95).dimension())
                .isEqualTo(DenseSubspaces.of(v, 0.95).dimension());
    }

    @Test
    void aTransposedWeightIsNoOther() throws IOException {
        DenseMatrix v = decaying(40, 60, 0.7);
        Subspaces stored = spectrum(v, false, 0.9).dominant(0.9);
        Subspaces transposed = spectrum(v, true, 0.9).dominant(0.9);
        assertThat(projector(transposed.left())).containsExactly(projector(stored.left()), within(1e-9));
        assertThat(projector(transposed.right())).containsExactly(projector(stored.right()), within(1e-9));
    }

    @Test
    void zeroHasNoSubspaces() throws IOException {
        Spectrum spectrum = spectrum(DenseMatrix.zeros(20, 30), false, 0.9);
        assertThat(spectrum.squaredNorm()).isZero();
        assertThat(spectrum.dominant(0.9).dimension()).isZero();
    }

    @Test
    void theSameSeedGivesTheSameBits() throws IOException {
        DenseMatrix v = decaying(150, 200, 0.9);
        assertThat(spectrum(v, false, 0.9).dominant(0.9).left().values())
                .isEqualTo(spectrum(v, false, 0.9).dominant(0.9).left().values());
    }

    private void assertSubspaces(DenseMatrix v, double energy, double tolerance) throws IOException {
        Subspaces found = spectrum(v, false, energy).dominant(energy);
        DenseSubspaces expected = DenseSubspaces.of(v, energy);
        assertThat(found.dimension()).isEqualTo(expected.dimension());
        // The vectors found hold as much of V as the best vectors of the same number.
        double held = squared(dense(found.left()).transposed().times(v));
        double best = squared(expected.left().times(v));
        assertThat(held).isCloseTo(best, within(tolerance * squared(v)));
        double heldByRight = squared(v.times(dense(found.right())));
        assertThat(heldByRight).isCloseTo(best, within(tolerance * squared(v)));
        assertThat(gram(found.left()))
                .containsExactly(DenseMatrix.identity(found.dimension()).flat(), within(1e-9));
        assertThat(gram(found.right()))
                .containsExactly(DenseMatrix.identity(found.dimension()).flat(), within(1e-7));
    }

    private Spectrum spectrum(DenseMatrix v, boolean transposed, double... energies) throws IOException {
        DenseMatrix stored = transposed ? v.transposed() : v;
        Weights weights = new Weights(
                StoredMatrix.of(
                        DenseMatrix.zeros(stored.height(), stored.width()).stored(folder, "base", DType.F64)),
                StoredMatrix.of(stored.stored(folder, "aligned", DType.F64)),
                transposed);
        Spectrum spectrum = new Spectrum(v.height(), v.width(), 1);
        for (double energy : energies) {
            spectrum.require(energy);
        }
        walks = 0;
        for (Pass pass = new Pass(); spectrum.ask(pass); pass = new Pass()) {
            assertThat(spectrum.ask(pass))
                    .as("ask, called again before the same walk")
                    .isTrue();
            kernel.run(pass, weights);
            walks++;
        }
        return spectrum;
    }

    /** Returns a matrix whose singular values decay geometrically by {@code factor}. */
    private static DenseMatrix decaying(int height, int width, double factor) {
        int size = Math.min(height, width);
        DenseMatrix left = dense(Orthonormal.basis(Matrix.random(height, size, 5)));
        DenseMatrix right = dense(Orthonormal.basis(Matrix.random(width, size, 6)));
        for (int j = 0; j < size; j++) {
            for (int i = 0; i < height; i++) {
                left.rows()[i][j] *= Math.pow(factor, j);
            }
        }
        return left.times(right.transposed());
    }

    private static DenseMatrix dense(Matrix matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.columns(); j++) {
                rows[i][j] = matrix.at(i, j);
            }
        }
        return new DenseMatrix(rows);
    }

    private static double squared(DenseMatrix matrix) {
        return matrix.inner(matrix);
    }

    private static double[] gram(Matrix basis) {
        return basis.transposeTimes(basis).values();
    }

    private static double[] projector(Matrix basis) {
        return basis.times(basis.transpose()).values();
    }
}
