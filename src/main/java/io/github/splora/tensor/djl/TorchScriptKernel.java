package io.github.splora.tensor.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.github.splora.linalg.Matrix;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.BlockRows;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.ByRow;
import io.github.splora.tensor.Pass.Product;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * The kernel for GPUs: bytes are copied to the device as stored, and a TorchScript module computes there. It also runs
 * on a CPU, slower than {@link DjlKernel}; tests use it that way.
 *
 * <p>A walk reads a block, starts copying and computing it, and waits for the result. Several walks run concurrently:
 * while the device copies and computes one block, others are read.
 *
 * <p>Everything except the subtraction is float64 on every card, so that results match those of the CPU. A product
 * takes 2·r flop per weight, and pairs of weights arrive at the speed of the bus, about 6·10⁹ per second: a card that
 * computes float64 at 1/64 of its float32 speed, about 10¹² flop/s, keeps up with one product for ranks up to about 64.
 */
final class TorchScriptKernel implements Kernel {

    /** Stored bytes of the widest matrix in a block: large enough to keep the bus busy, small beside a GPU's memory. */
    private static final int BLOCK_BYTES = 8 << 20;

    private static final int LEAST_BLOCK_BYTES = 1 << 20;
    /**
     * Maximum number of concurrent walks: enough for the host's threads, which copy what they read, to keep the bus
     * busy.
     */
    private static final int WALKS = 4;

    private final TensorEngine engine;
    private final TorchModule module;
    private final int blockBytes;
    private final Semaphore places = new Semaphore(WALKS);

    TorchScriptKernel(TensorEngine engine) {
        this(engine, BLOCK_BYTES);
    }

    TorchScriptKernel(TensorEngine engine, int blockBytes) {
        this.engine = engine;
        this.blockBytes = blockBytes;
        this.module = TorchModule.load(engine.newScope());
    }

    @Override
    public void run(Pass pass, Weights weights) {
        if (pass.isEmpty()) {
            return;
        }
        places.acquireUninterruptibly();
        try {
            TorchModule.interpretOnThisThread();
            runInMemory(pass, weights, blockBytes);
        } catch (EngineException e) {
            throw DeviceFailure.of(e, engine.device());
        } finally {
            places.release();
        }
    }

    /** Counts host memory only. */
    @Override
    public long workspaceBytes(Weights weights) {
        return Math.max(blockBytes, widestRow(weights)) * weights.matrices().size();
    }

    /** Runs a pass, retrying with smaller blocks while they do not fit into the device's memory. */
    private void runInMemory(Pass pass, Weights weights, int bytes) {
        try (NDManager scope = engine.newScope()) {
            new Walk(pass, weights, bytes, scope).run();
            return;
        } catch (EngineException e) {
            if (!DeviceFailure.isOutOfMemory(e) || bytes / 4 < LEAST_BLOCK_BYTES) {
                throw e;
            }
        }
        JniUtils.emptyCudaCache();
        runInMemory(pass, weights, bytes / 4);
    }

    /** One walk, on one thread. */
    private final class Walk {

        private final Weights weights;
        private final List<StoredMatrix> matrices;
        private final NDManager scope;
        private final int rowsPerBlock;
        private final List<Staging> stagings;
        /** The requested operands; the TorchScript module refers to them by index. */
        private final List<Operand> operands;

        private final List<ProductSum> products;
        private final List<InnerSum> inners;

        Walk(Pass pass, Weights weights, int bytes, NDManager scope) {
            this.weights = weights;
            this.matrices = pass.matricesOf(weights);
            this.scope = scope;
            this.rowsPerBlock = (int) Math.max(1, bytes / widestRow(weights));
            this.stagings = matrices.stream().map(this::staging).toList();
            this.operands = List.copyOf(pass.operands());
            this.products = pass.products(false).stream().map(this::begin).toList();
            this.inners = pass.innersByRow().stream().map(this::begin).toList();
        }

        void run() {
            long[] differences =
                    operands.stream().flatMapToLong(this::matricesOf).toArray();
            PtNDArray[] sums = arrays(products, ProductSum::sum);
            PtNDArray[] tallSkinny = arrays(products, ProductSum::tallSkinny);
            long[] factors = products.stream()
                    .mapToLong(each -> operands.indexOf(each.product().operand()))
                    .toArray();
            boolean[] transposedAsStored = new boolean[products.size()];
            for (int i = 0; i < transposedAsStored.length; i++) {
                transposedAsStored[i] = products.get(i).isTransposedAsStored();
            }
            PtNDArray[] innerSums = arrays(inners, InnerSum::sum);
            long[] lefts = inners.stream()
                    .mapToLong(each -> operands.indexOf(each.inner().left()))
                    .toArray();
            long[] rights = inners.stream()
                    .mapToLong(each -> operands.indexOf(each.inner().right()))
                    .toArray();
            for (BlockRows rows : BlockRows.of(weights.matrices(), rowsPerBlock)) {
                stagings.forEach(staging -> staging.read(rows));
                module.change(
                        "add",
                        arrays(stagings, Staging::current),
                        rows.first(),
                        rows.count(),
                        weights.aligned().columns(),
                        weights.transposed(),
                        engine.torchDevice(),
                        differences,
                        sums,
                        tallSkinny,
                        factors,
                        transposedAsStored,
                        innerSums,
                        lefts,
                        rights);
            }
            products.forEach(ProductSum::finish);
            inners.forEach(InnerSum::finish);
        }

        /** Returns the indices of the two matrices whose difference is the operand; −1 for none. */
        private LongStream matricesOf(Operand operand) {
            return switch (operand) {
                case ALIGNMENT_DELTA -> LongStream.of(0, matrices.indexOf(weights.base()));
                case ALIGNED -> LongStream.of(0, -1);
                case ADAPTED_DELTA ->
                    LongStream.of(matrices.indexOf(weights.adapted().orElseThrow()), 0);
            };
        }

        private Staging staging(StoredMatrix matrix) {
            return new Staging(matrix, Math.min(rowsPerBlock, matrix.rows()), engine.isGpu(), module, scope);
        }

        private ProductSum begin(Product product) {
            Matrix x = product.tallSkinny();
            boolean isTransposedAsStored = product.isTransposedAsStored(weights);
            long height = isTransposedAsStored
                    ? weights.aligned().columns()
                    : weights.aligned().rows();
            return new ProductSum(
                    product,
                    isTransposedAsStored,
                    scope.create(x.values(), new Shape(x.rows(), x.columns())),
                    zeros(height, x.columns()));
        }

        private InnerSum begin(ByRow inner) {
            return new InnerSum(inner, zeros(weights.outFeatures(), 1));
        }

        private NDArray zeros(long rows, long columns) {
            return module.make(scope, "zeros", rows, columns, engine.torchDevice());
        }
    }

    /** One product, accumulated on the device. */
    private record ProductSum(Product product, boolean isTransposedAsStored, NDArray tallSkinny, NDArray sum) {

        void finish() {
            product.result()
                    .accept(new Matrix(
                            Math.toIntExact(sum.getShape().get(0)),
                            Math.toIntExact(sum.getShape().get(1)),
                            sum.toDoubleArray()));
        }
    }

    /** Inner products of rows, or of columns if the storage is transposed. */
    private record InnerSum(ByRow inner, NDArray sum) {

        void finish() {
            inner.result().accept(sum.toDoubleArray());
        }
    }

    private static <T> PtNDArray[] arrays(List<T> from, Function<T, NDArray> array) {
        return from.stream().map(array).toArray(PtNDArray[]::new);
    }

    private static long widestRow(Weights weights) {
        return weights.matrices().stream()
                .mapToLong(RowReader::stagedRowBytes)
                .max()
                .orElseThrow();
    }
}
