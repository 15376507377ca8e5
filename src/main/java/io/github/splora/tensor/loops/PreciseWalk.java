package io.github.splora.tensor.loops;

import io.github.splora.linalg.LongRows;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.BlockRows;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.ByRow;
import io.github.splora.tensor.Pass.Product;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * One walk in float64 throughout, for passes whose results depend on small differences and for float64 weights. Rows are widened
 * to float64 one piece of a block at a time, so that what is computed from them is in a core's cache. Sums are taken in the same
 * order for any number of threads.
 */
final class PreciseWalk {

    /** Columns of a piece: as many as {@link LongRows} needs for vectors. */
    static final int PIECE = 1024;

    /** Maximum rows of a block; a piece of that many rows takes half of a core's cache. */
    static final int ROWS = 64;

    private final Weights weights;
    private final LoopMemory memory;
    private final List<StoredMatrix> matrices;
    /** A piece of each matrix. */
    private final List<Matrix> wide;

    /** The same piece of each operand; shares the memory of {@link #wide}. */
    private final Map<Operand, Matrix> operands = new EnumMap<>(Operand.class);

    private final List<PreciseProduct> products;
    private final List<RowSums> inners;

    PreciseWalk(Pass pass, Weights weights, LoopMemory memory) {
        this.weights = weights;
        this.memory = memory;
        this.matrices = pass.matricesOf(weights);
        this.wide = new ArrayList<>(Collections.nCopies(matrices.size(), Matrix.zeros(0, 0)));
        pass.operands().forEach(operand -> operands.put(operand, Matrix.zeros(0, 0)));
        this.products = pass.products(!weights.transposed()).stream()
                .map(product -> PreciseProduct.of(product, weights))
                .toList();
        this.inners = pass.innersByRow().stream()
                .map(inner -> new RowSums(inner, weights))
                .toList();
    }

    void run() {
        long columns = weights.aligned().columns();
        List<StoredBlock> stored = memory.blocks(matrices.size());
        for (BlockRows rows : BlockRows.of(weights.matrices(), ROWS)) {
            for (int i = 0; i < matrices.size(); i++) {
                stored.get(i).read(matrices.get(i), rows);
            }
            for (long first = 0; first < columns; first += PIECE) {
                read(stored, rows.count(), first, (int) Math.min(PIECE, columns - first));
                int row = Math.toIntExact(rows.first());
                int column = Math.toIntExact(first);
                products.forEach(product -> product.add(rowsOf(product.operand()), row, column));
                inners.forEach(
                        inner -> inner.add(rowsOf(inner.inner.left()), rowsOf(inner.inner.right()), row, column));
            }
        }
        products.forEach(PreciseProduct::finish);
        inners.forEach(RowSums::finish);
    }

    private void read(List<StoredBlock> stored, int rows, long first, int length) {
        for (int i = 0; i < stored.size(); i++) {
            if (wide.get(i).rows() != rows || wide.get(i).columns() != length) {
                wide.set(i, Matrix.zeros(rows, length));
            }
            for (int row = 0; row < rows; row++) {
                stored.get(i).take(row, first, length);
                stored.get(i).widen(length, wide.get(i).values(), row * length);
            }
        }
        Matrix aligned = wide.get(0);
        Matrix last = wide.get(wide.size() - 1);
        // Each difference replaces the weights that only it needs.
        operands.replaceAll((operand, earlier) -> switch (operand) {
            case ALIGNED -> aligned;
            case ALIGNMENT_DELTA -> {
                Loops.subtractFrom(aligned.values(), wide.get(1).values());
                yield wide.get(1);
            }
            case ADAPTED_DELTA -> {
                Loops.subtract(last.values(), aligned.values());
                yield last;
            }
        });
    }

    private Matrix rowsOf(Operand operand) {
        return Objects.requireNonNull(operands.get(operand));
    }

    /** Inner products of two operands' rows as stored, or of their columns if the storage is transposed. */
    private static final class RowSums {

        private final ByRow inner;
        private final boolean isTransposed;
        private final double[] sums;

        RowSums(ByRow inner, Weights weights) {
            this.inner = inner;
            this.isTransposed = weights.transposed();
            this.sums = new double[Math.toIntExact(weights.outFeatures())];
        }

        void add(Matrix left, Matrix right, int row, int column) {
            int length = left.columns();
            for (int i = 0; i < left.rows(); i++) {
                if (isTransposed) {
                    Loops.addProducts(sums, column, left.values(), right.values(), i * length, length);
                } else {
                    sums[row + i] += Loops.inner(left.values(), right.values(), i * length, length);
                }
            }
        }

        void finish() {
            inner.result().accept(sums);
        }
    }

    /** Accumulates one product with a tall-skinny matrix, piece by piece. */
    private abstract static class PreciseProduct {

        final Product product;

        private PreciseProduct(Product product) {
            this.product = product;
        }

        static PreciseProduct of(Product product, Weights weights) {
            return product.isTransposedAsStored(weights)
                    ? new OfWeighedRows(product, weights.aligned().columns())
                    : new OfMultipliedRows(product, weights.aligned().rows());
        }

        final Operand operand() {
            return product.operand();
        }

        /**
         * Adds a piece's contribution.
         *
         * @param row index of its first row in the stored matrix
         * @param column index of its first column, a multiple of {@link #PIECE}
         */
        abstract void add(Matrix piece, int row, int column);

        abstract void finish();
    }

    /** {@code SᵀX}: sums of stored rows, weighted. */
    private static final class OfWeighedRows extends PreciseProduct {

        /** {@code [k, columns]} of each piece. */
        private final List<Matrix> sums;

        OfWeighedRows(Product product, long columns) {
            super(product);
            this.sums = pieces(
                    Math.toIntExact(columns),
                    (first, length) -> Matrix.zeros(product.tallSkinny().columns(), length));
        }

        @Override
        void add(Matrix piece, int row, int column) {
            LongRows.addCombinations(product.tallSkinny().rows(row, piece.rows()), piece, sums.get(column / PIECE));
        }

        @Override
        void finish() {
            int height = sums.stream().mapToInt(Matrix::columns).sum();
            Matrix result = Matrix.zeros(height, product.tallSkinny().columns());
            int first = 0;
            for (Matrix sum : sums) {
                Matrix rows = sum.transpose();
                System.arraycopy(rows.values(), 0, result.values(), first, rows.values().length);
                first += rows.values().length;
            }
            product.result().accept(result);
        }
    }

    /** {@code S X}: inner products with stored rows. */
    private static final class OfMultipliedRows extends PreciseProduct {

        /** {@code Xᵀ}, cut like the rows. */
        private final List<Matrix> tallSkinny;

        private final Matrix result;

        OfMultipliedRows(Product product, long rows) {
            super(product);
            this.tallSkinny = pieces(
                    product.tallSkinny().rows(),
                    (first, length) -> product.tallSkinny().rows(first, length).transpose());
            this.result =
                    Matrix.zeros(Math.toIntExact(rows), product.tallSkinny().columns());
        }

        @Override
        void add(Matrix piece, int row, int column) {
            Matrix part = LongRows.inner(piece, tallSkinny.get(column / PIECE));
            int first = row * result.columns();
            for (int i = 0; i < part.values().length; i++) {
                result.values()[first + i] += part.values()[i];
            }
        }

        @Override
        void finish() {
            product.result().accept(result);
        }
    }

    /** Makes one matrix for each piece of the columns, from its first column and its length. */
    private static List<Matrix> pieces(int columns, BiFunction<Integer, Integer, Matrix> maker) {
        return Stream.iterate(0, first -> first < columns, first -> first + PIECE)
                .map(first -> maker.apply(first, Math.min(PIECE, columns - first)))
                .toList();
    }
}
