package io.github.splora.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.adapter.LoraModule;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.Orthonormal;
import io.github.splora.measure.Comparison;
import io.github.splora.measure.Measurement;
import io.github.splora.measure.ModuleScorer;
import io.github.splora.measure.RandomDistance;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.ReferenceSettings;
import io.github.splora.measure.Resources;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.statistics.Center;
import io.github.splora.statistics.Estimators;
import io.github.splora.statistics.Spread;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.testing.DenseMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The moments expected by chance match those of many random deltas with the same singular values. */
class NullPopulationTest {

    private static final int OUT = 24;
    private static final int IN = 30;
    private static final int DRAWS = 400;
    private static final double[] SINGULAR_VALUES = {3, 2, 0.5};

    @TempDir
    Path folder;

    private final Kernel kernel = TensorEngine.start("cpu").kernel();

    @ParameterizedTest
    @EnumSource(ReferenceKind.class)
    void momentsAreThoseOfManyDraws(ReferenceKind reference) throws IOException {
        Weights weights = new Weights(
                StoredMatrix.of(DenseMatrix.random(OUT, IN, 1).stored(folder, "base", DType.F64)),
                StoredMatrix.of(DenseMatrix.random(OUT, IN, 2).stored(folder, "aligned", DType.F64)),
                false);
        List<PairedModule> draws = new ArrayList<>();
        for (int i = 0; i < DRAWS; i++) {
            draws.add(new PairedModule(random(i), List.of(weights)));
        }
        ReferenceSettings settings = new ReferenceSettings(0.5, true, 7);

        List<Measurement> measured = new ModuleScorer(
                        kernel, List.of(reference.reference(settings)), List.of(), 7, Resources.of(2))
                .measure(draws, m -> {})
                .get(0);

        double[] distances = measured.stream()
                .mapToDouble(m -> m.comparison().distance())
                .sorted()
                .toArray();
        double deviation = Spread.STD.of(distances);
        Moments expected = new NullPopulation()
                .moments(measured, new Estimators(Center.MEDIAN, Spread.STD))
                .get(measured.get(0));
        // With 400 draws, the mean is known to a twentieth of the deviation, and the deviation to four percent.
        assertThat(expected.center()).isCloseTo(Center.MEAN.of(distances), within(0.25 * deviation));
        assertThat(expected.spread() / deviation).isBetween(0.75, 1.33);
        assertThat(Arrays.stream(distances).distinct().count()).isEqualTo(DRAWS);
    }

    @Test
    void theInterquartileRangeIsThatOfANormalDistribution() {
        Measurement measurement = new Measurement(
                Measurements.at("m", 1).module(), 1, 1, new Comparison(1, 0.5, 1, new RandomDistance(2, 0.1), null));

        Moments moments = new NullPopulation()
                .moments(List.of(measurement), Estimators.DEFAULT)
                .get(measurement);

        assertThat(moments.center()).isEqualTo(2);
        assertThat(moments.spread()).isCloseTo(0.13489795, within(1e-8));
    }

    private LoraModule random(int seed) throws IOException {
        Matrix u = Orthonormal.basis(Matrix.random(OUT, SINGULAR_VALUES.length, 1000 + seed));
        Matrix w = Orthonormal.basis(Matrix.random(IN, SINGULAR_VALUES.length, 5000 + seed));
        return LoraModule.linear(
                "m" + seed,
                dense(w.transpose()).stored(folder, "a" + seed, DType.F64),
                dense(u.scaledColumns(SINGULAR_VALUES)).stored(folder, "b" + seed, DType.F64),
                1,
                List.of());
    }

    private static DenseMatrix dense(Matrix matrix) {
        double[][] rows = new double[matrix.rows()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(matrix.values(), i * matrix.columns(), (i + 1) * matrix.columns());
        }
        return new DenseMatrix(rows);
    }
}
