package io.github.splora.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.SymmetricEigen;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterSolverTest {

    private final Matrix first = Matrix.random(3, 3, 1).gramOfRows();
    private final Matrix second = Matrix.random(2, 2, 2).gramOfRows();
    private final Matrix coupling = Matrix.random(2, 3, 3);
    private final Matrix start = Matrix.random(3, 4, 4);

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1, 1e3})
    void eliminationGivesWhatEigenvectorsGive(double mu) {
        SmoothFilter filter = new SmoothFilter(mu);
        FilterSolver solver = new FilterSolver(filter);
        solver.extend(List.of(first), List.of(), start);
        assertThat(solver.filtered(1).values()).containsExactly(byEigenvectors(first, filter), within(1e-11));

        solver.extend(List.of(first, second), List.of(coupling), start);
        Matrix both = first.beside(coupling.transpose()).above(coupling.beside(second));
        assertThat(solver.filtered(2).values()).containsExactly(byEigenvectors(both, filter), within(1e-11));
        assertThat(solver.filtered(1).values()).containsExactly(byEigenvectors(first, filter), within(1e-11));
    }

    private double[] byEigenvectors(Matrix matrix, SmoothFilter filter) {
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        double[] factors = Arrays.stream(eigen.values()).map(filter).toArray();
        Matrix padded = start.above(Matrix.zeros(matrix.rows() - start.rows(), start.columns()));
        return eigen.vectors()
                .scaledColumns(factors)
                .times(eigen.vectors().transposeTimes(padded))
                .values();
    }
}
