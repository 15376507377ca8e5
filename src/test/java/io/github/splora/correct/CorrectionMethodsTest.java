package io.github.splora.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.surgery.ActionKind;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Corrections of tall-skinny factors agree with the same formulas on dense float64 matrices. */
class CorrectionMethodsTest {

    private static final int OUT = 24;
    private static final int IN = 40;
    private static final int RANK = 3;

    @TempDir
    Path folder;

    private final Kernel kernel = TensorEngine.start("cpu").kernel();
    private final DenseMatrix base = DenseMatrix.random(OUT, IN, 1);
    private final DenseMatrix aligned = DenseMatrix.random(OUT, IN, 2);
    private final DenseMatrix v = aligned.plus(-1, base);
    private final DenseMatrix a = DenseMatrix.random(RANK, IN, 3);
    private final DenseMatrix b = DenseMatrix.random(OUT, RANK, 4);
    private final DenseMatrix delta = b.times(a);

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1})
    void scaleTakesAShareOff(double strength) throws IOException {
        assertCorrected(
                ActionKind.SCALE,
                new CorrectionSettings(strength, 1, 1, false),
                DenseMatrix.zeros(OUT, IN).plus(1 - strength, delta));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1})
    void projectIsSafeLorasOperatorAsPublished(double strength) throws IOException {
        DenseMatrix image = v.times(v.transposed()).times(delta);
        assertCorrected(
                ActionKind.PROJECT,
                new CorrectionSettings(strength, 1, 1, false),
                DenseMatrix.zeros(OUT, IN).plus(1 - strength, delta).plus(strength / v.norm(), image));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.9", "0.25, 0.9", "1, 0.9", "1, 0.5", "1, 1"})
    void projectWithASubspaceIsTheTrueProjection(double strength, double energy) throws IOException {
        DenseSubspaces dense = DenseSubspaces.of(v, energy);
        assertCorrected(
                ActionKind.PROJECT,
                new CorrectionSettings(strength, energy, 1, true),
                delta.plus(-strength, dense.outsideLeft(delta)));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.6, 1", "0.25, 0.6, 1", "1, 0.6, 1", "1, 0.9, 1.5"})
    void deflateTakesOutWhatLiesInBothSubspaces(double strength, double energy, double gain) throws IOException {
        DenseSubspaces dense = DenseSubspaces.of(v, energy);
        DenseMatrix newA = a.plus(-strength, a.times(dense.right()));
        DenseMatrix newB = b.plus(-strength, dense.left().times(b));
        assertCorrected(
                ActionKind.DEFLATE,
                new CorrectionSettings(strength, energy, gain, false),
                DenseMatrix.zeros(OUT, IN).plus(gain, newB.times(newA)));
    }

    @Test
    void fullyDeflatedNothingIsLeftInEitherSubspace() throws IOException {
        LowRank corrected = correct(ActionKind.DEFLATE, new CorrectionSettings(1, 0.6, 1.3, false));
        DenseMatrix left = product(corrected);
        DenseSubspaces dense = DenseSubspaces.of(v, 0.6);
        assertThat(dense.left().times(left).norm()).isLessThan(1e-9 * left.norm());
        assertThat(left.times(dense.right()).norm()).isLessThan(1e-9 * left.norm());
    }

    @ParameterizedTest
    @CsvSource({"0, 0.95", "0.25, 0.95", "1, 0.95", "1, 0.3"})
    void attenuateScalesFourBlocksAndGoesBackToTheRank(double strength, double energy) throws IOException {
        DenseSubspaces dense = DenseSubspaces.of(v, energy);
        DenseMatrix ofLeft = dense.left().times(delta);
        DenseMatrix inside = ofLeft.times(dense.right());
        DenseMatrix[] others = {
            ofLeft.plus(-1, inside),
            delta.plus(-1, ofLeft).times(dense.right()),
            delta.plus(-1, ofLeft).plus(-1, delta.plus(-1, ofLeft).times(dense.right()))
        };
        double reference = inside.inner(inside) + 0.05 * delta.inner(delta);
        DenseMatrix sum = inside;
        for (DenseMatrix block : others) {
            double factor = reference / (reference + block.inner(block));
            sum = sum.plus(1 - strength * (1 - factor), block);
        }
        assertCorrected(
                ActionKind.ATTENUATE, new CorrectionSettings(strength, energy, 1, false), nearestOfRank(sum, RANK));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCALE", "PROJECT", "ATTENUATE", "DEFLATE"})
    void theRankStays(ActionKind action) throws IOException {
        LowRank corrected = correct(action, new CorrectionSettings(1, 0.6, 1, false));
        assertThat(corrected.a().rows()).isEqualTo(RANK);
        assertThat(corrected.b().columns()).isEqualTo(RANK);
    }

    @Test
    void whereAlignmentChangedNothingThereIsNothingToDeflateOrAttenuate() throws IOException {
        for (ActionKind action : new ActionKind[] {ActionKind.DEFLATE, ActionKind.ATTENUATE}) {
            LowRank corrected = correct(action, new CorrectionSettings(0, 0.6, 1, false), base);
            assertThat(product(corrected).flat()).containsExactly(delta.flat(), within(1e-10));
        }
    }

    private void assertCorrected(ActionKind action, CorrectionSettings settings, DenseMatrix expected)
            throws IOException {
        assertThat(product(correct(action, settings)).flat())
                .containsExactly(expected.flat(), within(1e-9 * (1 + expected.norm())));
    }

    private LowRank correct(ActionKind action, CorrectionSettings settings) throws IOException {
        return correct(action, settings, aligned);
    }

    private LowRank correct(ActionKind action, CorrectionSettings settings, DenseMatrix to) throws IOException {
        Weights weights = new Weights(
                StoredMatrix.of(base.stored(folder, "base", DType.F64)),
                StoredMatrix.of(to.stored(folder, "aligned", DType.F64)),
                false);
        Spectrum spectrum = new Spectrum(OUT, IN, 1);
        CorrectionWalk correction = CorrectionMethods.of(action, settings)
                .orElseThrow()
                .correct(new LowRank(matrix(a), matrix(b)), spectrum);
        for (Pass pass = new Pass(); correction.ask(pass); pass = new Pass()) {
            kernel.run(pass, weights);
        }
        return correction.corrected();
    }

    private static DenseMatrix nearestOfRank(DenseMatrix matrix, int rank) {
        return DenseSubspaces.ofDimension(matrix, rank).left().times(matrix);
    }

    private static Matrix matrix(DenseMatrix dense) {
        return new Matrix(dense.height(), dense.width(), dense.flat());
    }

    private static DenseMatrix product(LowRank factors) {
        Matrix product = factors.b().times(factors.a());
        double[][] rows = new double[product.rows()][product.columns()];
        for (int i = 0; i < product.rows(); i++) {
            System.arraycopy(product.values(), i * product.columns(), rows[i], 0, product.columns());
        }
        return new DenseMatrix(rows);
    }
}
