package io.github.splora.tensor.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.BlockRows;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.ByRow;
import io.github.splora.tensor.Pass.Product;
import io.github.splora.tensor.Pool;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Computes with the engine's operators on blocks of rows. Differences are computed in the float type of the stored
 * precision, products and sums in float64. Results do not depend on the number of threads, and depend on the block size
 * only in the last bits.
 */
public final class DjlKernel implements Kernel {

    /** Size of a block in float64, in bytes: small enough for a core's cache, large enough to keep calls rare. */
    private static final int BLOCK_BYTES = 2 << 20;
    /** Products of fewer rows leave the arithmetic units idle, however wide the rows are. */
    private static final int LEAST_ROWS = 64;

    private final TensorEngine engine;
    /** Buffers for the base, aligned and adapted weights of one walk. */
    private final Pool<List<RowMemory>> memories =
            new Pool<>(() -> List.of(new RowMemory(), new RowMemory(), new RowMemory()));

    DjlKernel(TensorEngine engine) {
        this.engine = engine;
    }

    @Override
    public void run(Pass pass, Weights weights) {
        memories.lend(memory -> {
            try (NDManager scope = engine.newScope()) {
                new Walk(pass, weights, memory, scope).run();
            }
        });
    }

    /** Counts a stored and a widened block of each matrix, a float64 block of each operand, and the product of two. */
    @Override
    public long workspaceBytes(Weights weights) {
        long numbers = Math.min(weights.aligned().rows(), rowsPerBlock(weights))
                * weights.aligned().columns();
        return numbers * Double.BYTES * (2L * weights.matrices().size() + 2);
    }

    private static int rowsPerBlock(Weights weights) {
        return (int) Math.max(LEAST_ROWS, BLOCK_BYTES / (weights.aligned().columns() * Double.BYTES));
    }

    /** One walk, on one thread. */
    private static final class Walk {

        private final Weights weights;
        private final NDManager scope;
        private final RowReader base;
        private final RowReader aligned;
        private final @Nullable RowReader adapted;
        private final List<ProductSum> products;
        private final List<InnerSum> inners;

        Walk(Pass pass, Weights weights, List<RowMemory> memory, NDManager scope) {
            this.weights = weights;
            this.scope = scope;
            this.base = new RowReader(weights.base(), memory.get(0));
            this.aligned = new RowReader(weights.aligned(), memory.get(1));
            this.adapted = weights.adapted()
                    .map(matrix -> new RowReader(matrix, memory.get(2)))
                    .orElse(null);
            this.products = pass.products(false).stream()
                    .map(product -> new ProductSum(product, weights, scope))
                    .toList();
            this.inners = pass.innersByRow().stream()
                    .map(inner -> new InnerSum(inner, weights))
                    .toList();
        }

        void run() {
            for (BlockRows rows : BlockRows.of(weights.matrices(), rowsPerBlock(weights))) {
                try (NDManager blockScope = scope.newSubManager()) {
                    Block block = new Block(rows, blockScope);
                    products.forEach(product -> product.add(rows, block.of(product.operand())));
                    inners.forEach(
                            inner -> inner.add(rows, block.of(inner.left()).mul(block.of(inner.right()))));
                }
            }
            products.forEach(ProductSum::finish);
            inners.forEach(InnerSum::finish);
        }

        /** The operands' rows in one block, each computed on first use. */
        private final class Block {

            private final BlockRows rows;
            private final NDManager blockScope;
            private final Map<Operand, NDArray> made = new EnumMap<>(Operand.class);
            private @Nullable NDArray alignedRows;

            Block(BlockRows rows, NDManager blockScope) {
                this.rows = rows;
                this.blockScope = blockScope;
            }

            /** Returns the operand's rows, {@code [rows, columns]} as stored, in FLOAT64. */
            NDArray of(Operand operand) {
                return made.computeIfAbsent(operand, o -> switch (o) {
                    case ALIGNMENT_DELTA -> difference(aligned(), base.read(rows, blockScope));
                    case ALIGNED -> aligned().toType(DataType.FLOAT64, false);
                    case ADAPTED_DELTA ->
                        difference(Objects.requireNonNull(adapted).read(rows, blockScope), aligned());
                });
            }

            private NDArray aligned() {
                if (alignedRows == null) {
                    alignedRows = aligned.read(rows, blockScope);
                }
                return alignedRows;
            }

            private NDArray difference(NDArray from, NDArray minus) {
                boolean mixed = from.getDataType() != minus.getDataType();
                return mixed
                        ? from.toType(DataType.FLOAT64, false).sub(minus.toType(DataType.FLOAT64, false))
                        : from.sub(minus).toType(DataType.FLOAT64, false);
            }
        }
    }

    /** One product, accumulated block by block. */
    private static final class ProductSum {

        private final Product product;
        private final NDArray tallSkinny;
        private final boolean transposedAsStored;
        private final int height;
        private final NDManager scope;
        /**
         * The product of stored rows with X, filled row by row; null if {@link #transposedAsStored}. Kept in Java, because
         * small engine arrays held among large ones would fragment the engine's heap.
         */
        private final double @Nullable [] result;

        private @Nullable NDArray sum;

        ProductSum(Product product, Weights weights, NDManager scope) {
            Matrix x = product.tallSkinny();
            this.product = product;
            this.scope = scope;
            this.tallSkinny = scope.create(x.values(), new Shape(x.rows(), x.columns()));
            this.transposedAsStored = product.isTransposedAsStored(weights);
            this.height = Math.toIntExact(
                    transposedAsStored
                            ? weights.aligned().columns()
                            : weights.aligned().rows());
            this.result = transposedAsStored ? null : new double[Math.multiplyExact(height, x.columns())];
        }

        Operand operand() {
            return product.operand();
        }

        void add(BlockRows rows, NDArray block) {
            if (transposedAsStored) {
                NDArray rowsOfTallSkinny = tallSkinny.get(rows.first() + ":" + (rows.first() + rows.count()));
                rowsOfTallSkinny.attach(block.getManager());
                NDArray part = block.transpose().matMul(rowsOfTallSkinny);
                if (sum == null) {
                    sum = part;
                    sum.attach(scope);
                } else {
                    sum.addi(part);
                }
            } else {
                double[] part = block.matMul(tallSkinny).toDoubleArray();
                System.arraycopy(
                        part,
                        0,
                        Objects.requireNonNull(result),
                        Math.toIntExact(rows.first() * product.tallSkinny().columns()),
                        part.length);
            }
        }

        void finish() {
            product.result()
                    .accept(new Matrix(
                            height,
                            product.tallSkinny().columns(),
                            transposedAsStored
                                    ? Objects.requireNonNull(sum).toDoubleArray()
                                    : Objects.requireNonNull(result)));
        }
    }

    /** Inner products of rows, or of columns accumulated block by block if the storage is transposed. */
    private static final class InnerSum {

        private final ByRow inner;
        private final boolean transposed;
        private final double[] sums;

        InnerSum(ByRow inner, Weights weights) {
            this.inner = inner;
            this.transposed = weights.transposed();
            this.sums = new double[Math.toIntExact(weights.outFeatures())];
        }

        Operand left() {
            return inner.left();
        }

        Operand right() {
            return inner.right();
        }

        void add(BlockRows rows, NDArray products) {
            double[] part = products.sum(new int[] {transposed ? 0 : 1}).toDoubleArray();
            int first = transposed ? 0 : Math.toIntExact(rows.first());
            for (int i = 0; i < part.length; i++) {
                sums[first + i] += part[i];
            }
        }

        void finish() {
            inner.result().accept(sums);
        }
    }
}
