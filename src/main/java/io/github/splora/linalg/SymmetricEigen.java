package io.github.splora.linalg;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations (Golub and Van Loan, Matrix
 * Computations, 4th edition, section 8.5).
 *
 * @param values largest first
 * @param vectors {@code [n, n]}, orthonormal columns in the order of the values
 */
public record SymmetricEigen(double[] values, Matrix vectors) {

  private static final int MOST_SWEEPS = 60;

  /** @param matrix {@code [n, n]}, symmetric; n of at most some hundreds */
  public static SymmetricEigen of(Matrix matrix) {
    int n = matrix.rows();
    double[] a = matrix.values().clone();
    double[] v = new double[n * n];
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(a, n); sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, v, n, p, q);
        }
      }
    }
    int[] order = IntStream.range(0, n).boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -a[i * n + i]))
        .mapToInt(Integer::intValue).toArray();
    double[] values = new double[n];
    Matrix vectors = Matrix.zeros(n, n);
    for (int j = 0; j < n; j++) {
      values[j] = a[order[j] * n + order[j]];
      for (int i = 0; i < n; i++) {
        vectors.values()[i * n + j] = v[i * n + order[j]];
      }
    }
    return new SymmetricEigen(values, vectors);
  }

  private static boolean isDiagonal(double[] a, int n) {
    double off = 0;
    double all = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        double square = a[i * n + j] * a[i * n + j];
        all += square;
        off += i == j ? 0 : square;
      }
    }
    return !(off > 1e-30 * all);
  }

  /** Makes {@code a[p, q]} zero. */
  private static void rotate(double[] a, double[] v, int n, int p, int q) {
    double apq = a[p * n + q];
    if (apq == 0) {
      return;
    }
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(1, theta));
    double c = 1 / Math.hypot(1, t);
    double s = t * c;
    for (int i = 0; i < n; i++) {
      double aip = a[i * n + p];
      double aiq = a[i * n + q];
      a[i * n + p] = c * aip - s * aiq;
      a[i * n + q] = s * aip + c * aiq;
    }
    for (int i = 0; i < n; i++) {
      double api = a[p * n + i];
      double aqi = a[q * n + i];
      a[p * n + i] = c * api - s * aqi;
      a[q * n + i] = s * api + c * aqi;
      double vip = v[i * n + p];
      double viq = v[i * n + q];
      v[i * n + p] = c * vip - s * viq;
      v[i * n + q] = s * vip + c * viq;
    }
  }
}
