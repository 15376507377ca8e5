package io.github.splora.correct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.alignment.Accuracy;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.alignment.Spectrum;
import io.github.splora.delta.LowRank;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.SymmetricEigen;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.testing.DenseMatrix;
import io.github.splora.testing.DenseSubspaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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
                new CorrectionSettings(strength, 1, false),
                DenseMatrix.zeros(OUT, IN).plus(1 - strength, delta));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1})
    void projectIsSafeLorasOperatorAsPublished(double strength) throws IOException {
        DenseMatrix image = v.times(v.transposed()).times(delta);
        assertCorrected(
                ActionKind.PROJECT,
                new CorrectionSettings(strength, 1, false),
                DenseMatrix.zeros(OUT, IN).plus(1 - strength, delta).plus(strength / v.norm(), image));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.9", "0.25, 0.9", "1, 0.9", "1, 0.5", "1, 1"})
    void projectWithASubspaceIsTheTrueProjection(double strength, double energy) throws IOException {
        DenseSubspaces dense = DenseSubspaces.of(v, energy);
        assertCorrected(
                ActionKind.PROJECT,
                new CorrectionSettings(strength, energy, true),
                delta.plus(-strength, dense.outsideLeft(delta)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.6, 0.9, 0.99})
    void deflateFiltersBothFactors(double energy) throws IOException {
        DenseMatrix right = v.transposed().times(v);
        DenseMatrix left = v.times(v.transposed());
        double mu = mu(right, energy);
        assertCorrected(
                ActionKind.DEFLATE,
                deflating(energy),
                filter(left, mu).times(delta).times(filter(right, mu)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 24, 30})
    void restoreGivesTheStrongestTriplets(int count) throws IOException {
        LowRank restored = correct(
                ActionKind.RESTORE, new CorrectionSettings(1, 1, 1, 1, 0.2, count, 1e-3, false), aligned, false);
        assertThat(restored.a().rows()).isEqualTo(count);
        assertThat(restored.b().columns()).isEqualTo(count);
        DenseMatrix expected = count >= OUT ? v : nearestOfRank(v, count);
        assertThat(product(restored).flat()).containsExactly(expected.flat(), within(1e-6 * v.norm()));
    }

    @Test
    void repairIsBothWithAFactorEach() {
        Correction repair = CorrectionMethods.of(
                        ActionKind.REPAIR,
                        new CorrectionSettings(0.7, 1, ActionParameter.AUTO, 2, 0.2, 16, 1e-3, false))
                .orElseThrow();
        assertThat(repair.methods())
                .containsExactly(new Deflation(0.7, Accuracy.DEFAULT), new Restoration(16, Accuracy.DEFAULT));
        assertThat(repair.share()).isEqualTo(0.2);
        assertThat(repair.gain().of(9, 4)).isCloseTo(2.25, within(1e-12));
        assertThat(new Gain(ActionParameter.AUTO, 1).of(9, 4)).isCloseTo(1.5, within(1e-12));
        assertThat(new Gain(ActionParameter.AUTO, 2).of(9, 0)).isEqualTo(1);
        assertThat(new Gain(1.3, 2).of(9, 4)).isEqualTo(1.3);
    }

    @Test
    void repairThatRestoresNothingIsDeflate() {
        assertThat(CorrectionMethods.of(ActionKind.REPAIR, new CorrectionSettings(0.7, 1, 2, 1, 0, 16, 1e-3, false)))
                .isEqualTo(CorrectionMethods.of(
                        ActionKind.DEFLATE, new CorrectionSettings(0.7, 1, 2, 1, 0, 0, 1e-3, false)));
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
                ActionKind.ATTENUATE, new CorrectionSettings(strength, energy, false), nearestOfRank(sum, RANK));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCALE", "PROJECT", "ATTENUATE", "DEFLATE"})
    void theRankStays(ActionKind action) throws IOException {
        LowRank corrected = correct(action, new CorrectionSettings(0.6, 0.6, 1, 1, 0, 0, 1e-3, false));
        assertThat(corrected.a().rows()).isEqualTo(RANK);
        assertThat(corrected.b().columns()).isEqualTo(RANK);
    }

    @ParameterizedTest
    @CsvSource({"DEFLATE, 0.6", "ATTENUATE, 0"})
    void whereAlignmentChangedNothingThereIsNothingToDeflateOrAttenuate(ActionKind action, double strength)
            throws IOException {
        LowRank corrected = correct(action, new CorrectionSettings(strength, 0.6, 1, 1, 0, 0, 1e-3, false), base, true);
        assertThat(product(corrected).flat()).containsExactly(delta.flat(), within(1e-10));
    }

    private void assertCorrected(ActionKind action, CorrectionSettings settings, DenseMatrix expected)
            throws IOException {
        // μ comes from sums over Ritz values, which are exact here, but for rounding.
        double tolerance = action == ActionKind.DEFLATE ? 1e-6 : 1e-9;
        assertThat(product(correct(action, settings)).flat())
                .containsExactly(expected.flat(), within(tolerance * (1 + expected.norm())));
    }

    private LowRank correct(ActionKind action, CorrectionSettings settings) throws IOException {
        return correct(action, settings, aligned, true);
    }

    /** @param isReplacement whether to return the new delta, or what is added to it */
    private LowRank correct(ActionKind action, CorrectionSettings settings, DenseMatrix to, boolean isReplacement)
            throws IOException {
        Weights weights = new Weights(
                StoredMatrix.of(base.stored(folder, "base", DType.F64)),
                StoredMatrix.of(to.stored(folder, "aligned", DType.F64)),
                false);
        Correction correction = CorrectionMethods.of(action, settings).orElseThrow();
        CorrectionWalk walk = (isReplacement ? correction.replacement() : correction.addition())
                .orElseThrow()
                .correct(new CorrectionSubject(
                        "module",
                        new LowRank(matrix(a), matrix(b)),
                        new Spectrum(OUT, IN, 1),
                        new KrylovSpaces(OUT, IN, 1, Accuracy.DEFAULT)));
        for (Pass pass = new Pass(); walk.ask(pass); pass = new Pass()) {
            kernel.run(pass, weights);
        }
        return walk.corrected();
    }

    private static CorrectionSettings deflating(double energy) {
        return new CorrectionSettings(energy, 1, ActionParameter.AUTO, 2, 0, 0, 1e-3, false);
    }

    /** Returns μ where {@code Σ x(1 − f(x)) = energy · Σ x} over a Gram matrix's eigenvalues x. */
    private static double mu(DenseMatrix gram, double energy) {
        double[] squares = SymmetricEigen.of(matrix(gram)).values();
        double total = Arrays.stream(squares).sum();
        double low = 1e-12 * total;
        double high = 1e6 * total;
        for (int i = 0; i < 200; i++) {
            double mu = Math.sqrt(low * high);
            double removed = Arrays.stream(squares)
                    .map(x -> x - x / (1 + x / mu * (x / mu)))
                    .sum();
            if (removed > energy * total) {
                low = mu;
            } else {
                high = mu;
            }
        }
        return low;
    }

    /** {@code (I + (G/μ)²)⁻¹}. */
    private static DenseMatrix filter(DenseMatrix gram, double mu) {
        SymmetricEigen eigen = SymmetricEigen.of(matrix(gram));
        double[] factors = Arrays.stream(eigen.values())
                .map(x -> 1 / (1 + x / mu * (x / mu)))
                .toArray();
        return dense(
                eigen.vectors().scaledColumns(factors).times(eigen.vectors().transpose()));
    }

    private static DenseMatrix nearestOfRank(DenseMatrix matrix, int rank) {
        return DenseSubspaces.ofDimension(matrix, rank).left().times(matrix);
    }

    private static Matrix matrix(DenseMatrix dense) {
        return new Matrix(dense.height(), dense.width(), dense.flat());
    }

    private static DenseMatrix product(LowRank factors) {
        return dense(factors.b().times(factors.a()));
    }

    private static DenseMatrix dense(Matrix product) {
        double[][] rows = new double[product.rows()][product.columns()];
        for (int i = 0; i < product.rows(); i++) {
            System.arraycopy(product.values(), i * product.columns(), rows[i], 0, product.columns());
        }
        return new DenseMatrix(rows);
    }
}
