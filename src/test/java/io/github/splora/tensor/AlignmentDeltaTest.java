package io.github.splora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.splora.storage.DType;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with V agree with plain double arithmetic, however V is stored. */
class AlignmentDeltaTest {

  /** Wide enough that a block of V holds fewer rows than there are. */
  private static final int IN = 1024;
  private static final int OUT = 600;

  @TempDir
  Path folder;

  private final NDManager scope = TensorEngine.start("cpu").newScope();

  @AfterEach
  void freeArrays() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"F32,F32", "F16,F16", "BF16,BF16", "F16,BF16", "F64,F64", "BF16,F64", "F32,F16"})
  void productsAreExactForEveryPairOfTypes(DType baseType, DType alignedType) throws IOException {
    Matrix base = Matrix.random(OUT, IN, 1);
    Matrix aligned = Matrix.random(OUT, IN, 2);
    Matrix v = aligned.plus(-1, base);
    Matrix x = Matrix.random(IN, 3, 3);
    Matrix z = Matrix.random(OUT, 3, 4);

    AlignmentDelta delta = new AlignmentDelta(
        base.stored(folder, "base", baseType), aligned.stored(folder, "aligned", alignedType), false, scope);

    // Sums of products of multiples of 1/64 are exact in float64, in whatever order they are added.
    assertThat(delta.times(array(x)).toDoubleArray()).isEqualTo(v.times(x).flat());
    assertThat(delta.transposeTimes(array(z)).toDoubleArray()).isEqualTo(v.transposed().times(z).flat());
    assertThat(delta.norm()).isCloseTo(v.norm(), within(1e-12 * v.norm()));
  }

  @Test
  void aTransposedWeightGivesTheSameProducts() throws IOException {
    Matrix base = Matrix.random(OUT, IN, 1);
    Matrix aligned = Matrix.random(OUT, IN, 2);
    Matrix v = aligned.plus(-1, base);
    Matrix x = Matrix.random(IN, 2, 3);
    Matrix z = Matrix.random(OUT, 2, 4);

    AlignmentDelta delta = new AlignmentDelta(base.transposed().stored(folder, "base", DType.F32),
        aligned.transposed().stored(folder, "aligned", DType.F32), true, scope);

    assertThat(delta.times(array(x)).toDoubleArray()).isEqualTo(v.times(x).flat());
    assertThat(delta.transposeTimes(array(z)).toDoubleArray()).isEqualTo(v.transposed().times(z).flat());
  }

  @Test
  void float64WeightsAreSubtractedInFloat64() throws IOException {
    Matrix base = Matrix.random(4, 8, 1);
    Matrix aligned = base.plus(1e-12, Matrix.random(4, 8, 2));
    Matrix v = aligned.plus(-1, base);

    AlignmentDelta delta = new AlignmentDelta(
        base.stored(folder, "base", DType.F64), aligned.stored(folder, "aligned", DType.F64), false, scope);

    assertThat(delta.norm()).isPositive().isCloseTo(v.norm(), within(1e-12 * v.norm()));
  }

  @Test
  void theNormNeedsNoProduct() throws IOException {
    Matrix aligned = Matrix.random(3, 5, 2);

    AlignmentDelta delta = new AlignmentDelta(Matrix.zeros(3, 5).stored(folder, "base", DType.BF16),
        aligned.stored(folder, "aligned", DType.BF16), false, scope);

    assertThat(delta.norm()).isCloseTo(aligned.norm(), within(1e-12));
  }

  private NDArray array(Matrix matrix) {
    return scope.create(matrix.flat(), new Shape(matrix.height(), matrix.width()));
  }
}
