package io.github.splora.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongRowsTest {

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,2,7", "5,4,255", "4,9,1024", "6,3,2600", "0,3,8", "3,0,8"})
    void productsAreThoseOfMatrices(int k, int r, int n) {
        Matrix left = Matrix.random(k, n, 1);
        Matrix right = Matrix.random(r, n, 2);
        assertThat(LongRows.inner(left, right).values())
                .containsExactly(left.times(right.transpose()).values(), within(1e-11));

        Matrix coefficients = Matrix.random(k, r, 3);
        Matrix sum = Matrix.random(r, n, 4);
        Matrix expected = sum.plus(coefficients.transposeTimes(left));
        LongRows.addCombinations(coefficients, left, sum);
        assertThat(sum.values()).containsExactly(expected.values(), within(1e-12));
    }

    @Test
    void dimensionsMustFit() {
        assertThatThrownBy(() -> LongRows.inner(Matrix.zeros(2, 3), Matrix.zeros(2, 4)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LongRows.addCombinations(Matrix.zeros(2, 2), Matrix.zeros(2, 3), Matrix.zeros(1, 3)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
