package io.github.splora.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products that are computed in stretches are those of the definition. */
class MatrixTest {

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,64,2", "5,65,7", "70,131,9", "4,3,200", "129,2,1"})
    void productsAreSumsOverTheInnerDimension(int rows, int inner, int columns) {
        Matrix left = Matrix.random(rows, inner, 1);
        Matrix right = Matrix.random(inner, columns, 2);
        double[] expected = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < inner; k++) {
                    expected[i * columns + j] += left.at(i, k) * right.at(k, j);
                }
            }
        }
        assertThat(left.times(right).values()).containsExactly(expected, within(1e-12 * inner));
        assertThat(left.transpose().transposeTimes(right).values()).containsExactly(expected, within(1e-12 * inner));
    }

    @ParameterizedTest
    @CsvSource({"0,3,2", "3,0,2", "3,2,0"})
    void nothingTimesAnythingIsNothing(int rows, int inner, int columns) {
        Matrix product = Matrix.zeros(rows, inner).times(Matrix.zeros(inner, columns));
        assertThat(product.rows()).isEqualTo(rows);
        assertThat(product.columns()).isEqualTo(columns);
        assertThat(product.values()).isEqualTo(new double[rows * columns]);
    }
}
