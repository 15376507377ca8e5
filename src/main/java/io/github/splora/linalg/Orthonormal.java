package io.github.splora.linalg;

/** Orthonormal bases of column spaces. */
public final class Orthonormal {

  /** A column that loses more than this share of its length to the others lies within them, but for rounding. */
  private static final double DEPENDENT = 1e-10;

  private Orthonormal() {}

  /**
   * A basis of the column space: Gram-Schmidt in two sweeps, which leaves the columns orthogonal to working precision.
   *
   * @param matrix {@code [n, k]}
   * @return {@code [n, k']} with {@code k' ≤ k}: columns that depend on those before them are left out
   */
  public static Matrix basis(Matrix matrix) {
    Matrix columns = matrix.transpose();
    int n = columns.columns();
    double[] kept = new double[columns.rows() * n];
    int count = 0;
    for (int j = 0; j < columns.rows(); j++) {
      System.arraycopy(columns.values(), j * n, kept, count * n, n);
      double before = norm(kept, count, n);
      for (int sweep = 0; sweep < 2; sweep++) {
        for (int i = 0; i < count; i++) {
          subtract(kept, count, i, n);
        }
      }
      double after = norm(kept, count, n);
      if (after > DEPENDENT * before) {
        for (int x = count * n; x < (count + 1) * n; x++) {
          kept[x] /= after;
        }
        count++;
      }
    }
    double[] values = new double[count * n];
    System.arraycopy(kept, 0, values, 0, values.length);
    return new Matrix(count, n, values).transpose();
  }

  /** Takes from vector {@code j} what it has of unit vector {@code i}. */
  private static void subtract(double[] vectors, int j, int i, int n) {
    double inner = 0;
    for (int x = 0; x < n; x++) {
      inner += vectors[j * n + x] * vectors[i * n + x];
    }
    for (int x = 0; x < n; x++) {
      vectors[j * n + x] -= inner * vectors[i * n + x];
    }
  }

  private static double norm(double[] vectors, int j, int n) {
    double sum = 0;
    for (int x = j * n; x < (j + 1) * n; x++) {
      sum += vectors[x] * vectors[x];
    }
    return Math.sqrt(sum);
  }
}
