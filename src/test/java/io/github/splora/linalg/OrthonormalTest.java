package io.github.splora.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrthonormalTest {

    @Test
    void aBasisSpansTheColumnsAndIsOrthonormal() {
        Matrix matrix = new Matrix(3, 2, new double[] {3, 1, 4, 1, 0, 1});

        Matrix basis = Orthonormal.basis(matrix);

        assertThat(basis.transposeTimes(basis).values()).containsExactly(new double[] {1, 0, 0, 1}, within(1e-15));
        assertThat(basis.times(basis.transposeTimes(matrix)).values()).containsExactly(matrix.values(), within(1e-14));
    }

    @Test
    void columnsThatDependOnOthersAreLeftOut() {
        Matrix matrix = new Matrix(3, 3, new double[] {1, 2, 0, 1, 2, 0, 0, 0, 0});

        assertThat(Orthonormal.basis(matrix).columns()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-2, 1e-4, 1e-9})
    void manyColumnsAreOrthonormalHoweverNearlyTheyDepend(double apart) {
        // Every other column is its neighbour, but for so much.
        Matrix half = Matrix.random(300, 40, 1);
        Matrix matrix = half.beside(half.plus(Matrix.random(300, 40, 2).scaledBy(apart)));

        Matrix basis = Orthonormal.basis(matrix);

        assertThat(basis.columns()).isEqualTo(80);
        Matrix gram = basis.transposeTimes(basis);
        for (int i = 0; i < 80; i++) {
            for (int j = 0; j < 80; j++) {
                assertThat(gram.at(i, j)).isCloseTo(i == j ? 1 : 0, within(1e-12));
            }
        }
        assertThat(basis.times(basis.transposeTimes(matrix)).values()).containsExactly(matrix.values(), within(1e-10));
    }

    @Test
    void manyColumnsOfLowRankAreReducedToIt() {
        Matrix matrix = Matrix.random(200, 7, 1).times(Matrix.random(7, 90, 2));

        assertThat(Orthonormal.basis(matrix).columns()).isEqualTo(7);
    }
}
