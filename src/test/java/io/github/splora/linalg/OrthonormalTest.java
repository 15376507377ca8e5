package io.github.splora.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

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
}
