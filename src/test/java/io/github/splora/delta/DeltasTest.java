package io.github.splora.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.adapter.Adapter;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.testing.DenseMatrix;
import io.github.splora.testing.TinyAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of fine-tuning adds to the aligned weight, against dense matrices in double arithmetic. */
class DeltasTest {

    private static final int OUT = 30;
    private static final int IN = 44;
    private static final int RANK = 3;
    private static final double SCALING = 1.5;

    @TempDir
    Path folder;

    private final Kernel kernel = TensorEngine.start("cpu").kernel();
    private final DenseMatrix base = DenseMatrix.random(OUT, IN, 1);
    private final DenseMatrix aligned = DenseMatrix.random(OUT, IN, 2);
    private final DenseMatrix v = aligned.plus(-1, base);
    private final DenseMatrix a = DenseMatrix.random(RANK, IN, 3);
    private final DenseMatrix b = DenseMatrix.random(OUT, RANK, 4);
    private final DenseMatrix product = DenseMatrix.zeros(OUT, IN).plus(SCALING, b.times(a));
    private final StableProduct factors = StableProduct.of(matrix(a), matrix(b).scaledBy(SCALING));

    @Test
    void plainLoraAddsTheProduct() throws IOException {
        assertAdds(product, new LoraDelta(factors), weights(false));
    }

    @Test
    void doraGivesEachRowOfTheSumItsMagnitude() throws IOException {
        double[] magnitudes = new double[OUT];
        double[][] rescaled = new double[OUT][IN];
        DenseMatrix sum = aligned.plus(1, product);
        for (int o = 0; o < OUT; o++) {
            magnitudes[o] = 5 + o;
            double norm = Math.sqrt(Arrays.stream(sum.rows()[o]).map(x -> x * x).sum());
            for (int i = 0; i < IN; i++) {
                rescaled[o][i] = magnitudes[o] * sum.rows()[o][i] / norm;
            }
        }
        DenseMatrix expected = new DenseMatrix(rescaled).plus(-1, aligned);

        assertAdds(expected, new DoraDelta(factors, magnitudes), weights(false));
        assertAdds(expected, new DoraDelta(factors, magnitudes), weights(true));
    }

    @Test
    void doraWithTheRowNormsOfTheAlignedWeightAndAZeroBAddsNothing() throws IOException {
        double[] norms = Arrays.stream(aligned.rows())
                .mapToDouble(row -> Math.sqrt(Arrays.stream(row).map(x -> x * x).sum()))
                .toArray();
        Delta delta = new DoraDelta(StableProduct.of(matrix(a), Matrix.zeros(OUT, RANK)), norms);

        measure(delta, weights(false));

        assertThat(delta.squaredNorm()).isCloseTo(0, within(1e-20));
    }

    @Test
    void oloraTakesTheFirstColumnsOfTheQrDecompositionOutOfTheWeight() throws IOException {
        DenseMatrix q = dense(Orthonormal.basis(matrix(firstColumns(aligned, RANK))));
        DenseMatrix part = q.times(q.transposed().times(aligned));
        DenseMatrix expected = product.plus(-SCALING, part);

        assertAdds(
                expected, new ResidualDelta(factors, new OloraPart(RANK, IN, SCALING), LoraDelta::new), weights(false));
    }

    @Test
    void pissaTakesTheBestApproximationOutOfTheWeight() throws IOException {
        // A weight whose singular values are known, the wanted ones barely above the others.
        DenseMatrix u = dense(Orthonormal.basis(matrix(DenseMatrix.random(OUT, OUT, 7))));
        DenseMatrix w = dense(Orthonormal.basis(matrix(DenseMatrix.random(IN, OUT, 8))));
        DenseMatrix singular = DenseMatrix.zeros(OUT, OUT);
        for (int i = 0; i < OUT; i++) {
            singular.rows()[i][i] = 10 - 0.1 * i;
        }
        DenseMatrix weight = u.times(singular).times(w.transposed());
        DenseMatrix best = u.times(firstColumns(singular, RANK))
                .times(firstColumns(w, RANK).transposed());
        Weights weights = new Weights(stored("base", base), stored("weight", weight), Optional.empty(), false);

        BasePart part = new PissaPart(RANK, IN);
        run(part, weights);

        assertThat(part.factors().b().times(part.factors().a()).values()).containsExactly(best.flat(), within(1e-6));
    }

    @Test
    void aMergedFineTuneAddsItsDifference() throws IOException {
        DenseMatrix adapted = DenseMatrix.random(OUT, IN, 5);
        Weights weights = new Weights(
                stored("base", base), stored("aligned", aligned), Optional.of(stored("adapted", adapted)), false);

        assertAdds(adapted.plus(-1, aligned), new AdaptedDelta(), weights);
    }

    @Test
    void theConfigAndTheTensorsDecideWhichItIs() {
        String module = "model.layers.0.q_proj";
        assertThat(deltas(new TinyAdapter().module(module, 6, 4))).hasOnlyElementsOfType(LoraDelta.class);
        assertThat(deltas(new TinyAdapter()
                        .config("init_lora_weights", "\"pissa\"")
                        .module(module, 6, 4)))
                .hasOnlyElementsOfType(ResidualDelta.class);
        assertThat(deltas(new TinyAdapter()
                        .config("init_lora_weights", "\"olora\"")
                        .module(module, 6, 4)))
                .hasOnlyElementsOfType(ResidualDelta.class);
        assertThat(deltas(new TinyAdapter()
                        .config("init_lora_weights", "\"gaussian\"")
                        .module(module, 6, 4)))
                .hasOnlyElementsOfType(LoraDelta.class);
        assertThat(deltas(new TinyAdapter()
                        .config("use_dora", "true")
                        .module(module, 6, 4)
                        .random("base_model.model." + module + ".lora_magnitude_vector", 6)))
                .hasOnlyElementsOfType(DoraDelta.class);
    }

    private List<Delta> deltas(TinyAdapter tiny) {
        try (Adapter adapter = Adapter.open(tiny.writeTo(folder))) {
            return Deltas.of(adapter.modules().get(0));
        }
    }

    private void assertAdds(DenseMatrix expected, Delta delta, Weights weights) {
        measure(delta, weights);
        assertThat(delta.squaredNorm()).isCloseTo(expected.inner(expected), within(1e-11 * expected.inner(expected)));
        assertThat(delta.innerWithAlignment()).isCloseTo(expected.inner(v), within(1e-11 * expected.norm() * v.norm()));
    }

    private void measure(Delta delta, Weights weights) {
        Pass pass = new Pass();
        while (delta.prepare(pass)) {
            kernel.run(pass, weights);
            pass = new Pass();
        }
        delta.ask(pass);
        kernel.run(pass, weights);
    }

    private void run(BasePart part, Weights weights) {
        for (Pass pass = new Pass(); part.ask(pass); pass = new Pass()) {
            kernel.run(pass, weights);
        }
    }

    private Weights weights(boolean transposed) throws IOException {
        return transposed
                ? new Weights(stored("base", base.transposed()), stored("aligned", aligned.transposed()), true)
                : new Weights(stored("base", base), stored("aligned", aligned), false);
    }

    private StoredMatrix stored(String name, DenseMatrix matrix) throws IOException {
        return StoredMatrix.of(matrix.stored(folder, name, DType.F64));
    }

    private static DenseMatrix firstColumns(DenseMatrix matrix, int count) {
        DenseMatrix first = DenseMatrix.zeros(matrix.height(), count);
        for (int i = 0; i < matrix.height(); i++) {
            System.arraycopy(matrix.rows()[i], 0, first.rows()[i], 0, count);
        }
        return first;
    }

    private static Matrix matrix(DenseMatrix dense) {
        return new Matrix(dense.height(), dense.width(), dense.flat());
    }

    private static DenseMatrix dense(Matrix matrix) {
        DenseMatrix dense = DenseMatrix.zeros(matrix.rows(), matrix.columns());
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.columns(); j++) {
                dense.rows()[i][j] = matrix.at(i, j);
            }
        }
        return dense;
    }
}
