package io.github.splora.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.splora.testing.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongRowsTest {

    @ParameterizedTest
    @CsvSource({"1,1,1", "3,2,7", "5,4,255", "4,9,1024", "6,3,2600", "5,7,2051", "0,3,8", "3,0,8"})
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

    @ParameterizedTest
    @CsvSource({"1,1,1024", "2,4,1040", "3,5,1031", "20,20,4096"})
    void vectorsGiveThePlainSums(int k, int r, int n) {
        assumeThat(Processor.mustHaveVectors()).isTrue();
        RowLoops vectors = Vectors.find(RowLoops.class, VectorRowLoops.class.getName())
                .orElseThrow()
                .get();
        Matrix left = Matrix.random(k, n, 1);
        Matrix right = Matrix.random(r, n, 2);
        Matrix plain = Matrix.zeros(k, r);
        new PlainRowLoops().inner(left, right, plain);
        Matrix result = Matrix.zeros(k, r);
        vectors.inner(left, right, result);
        assertThat(result.values()).containsExactly(plain.values(), within(1e-11));

        Matrix coefficients = Matrix.random(k, r, 3);
        Matrix expected = Matrix.random(r, n, 4);
        Matrix sum = Matrix.random(r, n, 4);
        new PlainRowLoops().addCombinations(coefficients, left, expected);
        vectors.addCombinations(coefficients, left, sum);
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
