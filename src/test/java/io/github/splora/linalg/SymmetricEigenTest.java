package io.github.splora.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SymmetricEigenTest {

    @Test
    void valuesComeLargestFirstWithTheirVectors() {
        Matrix matrix = new Matrix(2, 2, new double[] {2, 1, 1, 2});

        SymmetricEigen eigen = SymmetricEigen.of(matrix);

        assertThat(eigen.values()).containsExactly(new double[] {3, 1}, within(1e-14));
        assertThat(Math.abs(eigen.vectors().at(0, 0))).isCloseTo(Math.sqrt(0.5), within(1e-14));
        assertThat(eigen.vectors().at(0, 0)).isCloseTo(eigen.vectors().at(1, 0), within(1e-14));
    }

    @Test
    void vectorsAreOrthonormalAndDiagonaliseTheMatrix() {
        SplittableRandom random = new SplittableRandom(3);
        Matrix half = new Matrix(20, 20, random.doubles(400, -1, 1).toArray());
        Matrix matrix = half.transposeTimes(half);

        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        Matrix diagonal = eigen.vectors().transposeTimes(matrix.times(eigen.vectors()));
        Matrix gram = eigen.vectors().transposeTimes(eigen.vectors());

        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 20; j++) {
                assertThat(diagonal.at(i, j)).isCloseTo(i == j ? eigen.values()[i] : 0, within(1e-11));
                assertThat(gram.at(i, j)).isCloseTo(i == j ? 1 : 0, within(1e-13));
            }
        }
    }

    @Test
    void zeroHasOnlyZeros() {
        assertThat(SymmetricEigen.of(Matrix.zeros(3, 3)).values()).containsOnly(0);
    }
}
