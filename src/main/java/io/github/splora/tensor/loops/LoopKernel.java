package io.github.splora.tensor.loops;

import io.github.splora.pairing.Weights;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.BlockRows;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Operand;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.Pass.Inner;
import io.github.splora.tensor.Pass.Product;
import io.github.splora.tensor.Pool;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Walks over weights with nothing but Java's own loops: some third of the CPU time of {@code DjlKernel}. Weights are cut
 * into tiles that stay in a core's cache while all that a pass asks for is taken of them. Each worker reads its own blocks,
 * which are in its core's cache when it computes; meanwhile the system reads ahead, and other workers compute.
 *
 * <p>Precision: differences of weights are taken and multiplied in float32, summed in float32 over the rows of a tile and in
 * float64 over the tiles. Tiles are the same whatever the number of threads, and so are the results, bit for bit. They agree
 * with {@code DjlKernel}'s, which are float64 throughout, to some 1e-7 of the norms.
 */
public final class LoopKernel implements Kernel {

    /** Columns that are read at a time: so many that memory, which likes long stretches, comes at full speed. */
    private static final int PIECE = 2048;

    /** Of one matrix in memory, if that is enough for {@link #LEAST_ROWS}. */
    private static final int BLOCK_BYTES = 4 << 20;

    /** Of a block: what a tile adds up is added once more for each. */
    private static final int LEAST_ROWS = 64;

    /** Of one operand's tiles, of both shapes. */
    private static final long TILES_BYTES =
            (long) PIECE * (Tile.Shape.WIDE.rows() + Tile.Shape.SQUARE.rows()) * Float.BYTES;

    /** Whether it is right for this walk: float32 must do for what is asked, and none of the weights be float64. */
    public static boolean canAnswer(Pass pass, Weights weights) {
        return !pass.isFloat64Wanted() && weights.matrices().stream().allMatch(StoredBlock::canRead);
    }

    private final Pool<LoopMemory> memories;

    /** @param loops makes those of one walk */
    public LoopKernel(Supplier<TileLoops> loops) {
        this.memories = new Pool<>(() -> new LoopMemory(loops.get()));
    }

    @Override
    public void run(Pass pass, Weights weights) {
        memories.lend(memory -> new Walk(pass, weights, memory).run());
    }

    @Override
    public long workspaceBytes(Weights weights) {
        long rows = Math.min(weights.aligned().rows(), rowsOfBlock(weights, Tile.Shape.SQUARE));
        return weights.matrices().stream()
                .mapToLong(matrix -> rows * matrix.columns() * widest(matrix) / Byte.SIZE + TILES_BYTES)
                .sum();
    }

    /** Multiples of four, as tiles are. */
    private static int rowsOfBlock(Weights weights, Tile.Shape shape) {
        int bits =
                weights.matrices().stream().mapToInt(LoopKernel::widest).max().orElseThrow();
        long fit = BLOCK_BYTES / Math.max(1, weights.aligned().columns() * bits / Byte.SIZE);
        return (int) Math.min(shape.rows(), Math.max(LEAST_ROWS, fit / 4 * 4));
    }

    /** Bits of its widest type. */
    private static int widest(StoredMatrix matrix) {
        return matrix.stretches().stream()
                .mapToInt(stretch -> stretch.tensor().dtype().bits())
                .max()
                .orElseThrow();
    }

    /** One walk, by one thread. */
    private static final class Walk {

        private final Weights weights;
        private final LoopMemory memory;
        private final List<StoredMatrix> matrices;
        private final Tile.Shape shape;
        /** Columns of two tiles, of which one has the even ones and one the odd ones. */
        private final int pair;
        /** Even and odd columns by turns. */
        private final Map<Operand, Tile[]> tiles = new EnumMap<>(Operand.class);

        private final List<ProductSum> products;
        private final List<InnerSum> inners;

        Walk(Pass pass, Weights weights, LoopMemory memory) {
            this.weights = weights;
            this.memory = memory;
            this.matrices = pass.matricesOf(weights);
            List<Product> wanted = pass.products(!weights.transposed());
            boolean isOnlyWeighed = wanted.stream().allMatch(product -> product.isCrosswise(weights));
            this.shape = memory.loops().shape(isOnlyWeighed);
            this.pair = 2 * shape.columns();
            pass.operands()
                    .forEach(operand -> tiles.put(operand, memory.tiles(operand, shape, PIECE / shape.columns())));
            this.products = wanted.stream()
                    .map(product -> ProductSum.of(product, weights, memory.loops(), shape))
                    .toList();
            this.inners = pass.inners().stream()
                    .map(inner -> new InnerSum(inner, shape))
                    .toList();
        }

        void run() {
            long columns = weights.aligned().columns();
            List<BlockRows> blocks = BlockRows.of(weights.matrices(), rowsOfBlock(weights, shape));
            List<StoredBlock> stored = memory.blocks(matrices.size());
            for (BlockRows rows : blocks) {
                for (int i = 0; i < matrices.size(); i++) {
                    stored.get(i).read(matrices.get(i), rows);
                }
                for (long first = 0; first < columns; first += PIECE) {
                    int length = (int) Math.min(PIECE, columns - first);
                    read(stored, rows, first, length);
                    for (int i = 0; i * pair < length; i++) {
                        long column = first + (long) i * pair;
                        add(rows.first(), column, 2 * i);
                        if (column + 1 < columns) {
                            add(rows.first(), column + 1, 2 * i + 1);
                        }
                    }
                }
            }
            products.forEach(ProductSum::finish);
            inners.forEach(InnerSum::finish);
        }

        private void read(List<StoredBlock> stored, BlockRows rows, long first, int length) {
            for (Tile[] ofOperand : tiles.values()) {
                for (int at = 0; at < length; at += pair) {
                    int width = Math.min(pair, length - at);
                    ofOperand[2 * at / pair].begin(rows.count(), (width + 1) / 2);
                    ofOperand[2 * at / pair + 1].begin(rows.count(), width / 2);
                }
            }
            for (int i = 0; i < rows.count(); i++) {
                readRow(stored, i, first, length);
            }
            for (Tile[] ofOperand : tiles.values()) {
                for (int at = 0; at < length; at += pair) {
                    ofOperand[2 * at / pair].seal();
                    ofOperand[2 * at / pair + 1].seal();
                }
            }
        }

        private void readRow(List<StoredBlock> stored, int i, long first, int length) {
            stored.forEach(block -> block.take(i, first, length));
            StoredBlock aligned = stored.get(0);
            tiles.forEach((operand, ofOperand) -> {
                for (int at = 0; at < length; at += pair) {
                    int width = Math.min(pair, length - at);
                    float[] even = ofOperand[2 * at / pair].row(i);
                    float[] odd = ofOperand[2 * at / pair + 1].row(i);
                    switch (operand) {
                        case ALIGNMENT_DELTA -> aligned.subtract(stored.get(1), at, width, even, odd);
                        case ADAPTED_DELTA -> stored.get(stored.size() - 1).subtract(aligned, at, width, even, odd);
                        case ALIGNED -> throw new IllegalArgumentException("float32 is too little for products of W");
                    }
                }
            });
        }

        private void add(long row, long column, int tile) {
            products.forEach(
                    sum -> sum.add(tiles.get(sum.operand())[tile], Math.toIntExact(row), Math.toIntExact(column)));
            inners.forEach(sum -> sum.add(tiles.get(sum.inner.left())[tile], tiles.get(sum.inner.right())[tile]));
        }
    }

    /** The inner product of two whole operands. */
    private static final class InnerSum {

        private final Inner inner;
        private final float[] sums;
        private double sum;

        InnerSum(Inner inner, Tile.Shape shape) {
            this.inner = inner;
            this.sums = new float[shape.columns()];
        }

        void add(Tile left, Tile right) {
            if (left == right) {
                sum += left.squares();
                return;
            }
            Arrays.fill(sums, 0);
            for (int i = 0; i < left.height(); i++) {
                Loops.addProducts(sums, left.row(i), right.row(i), left.width());
            }
            sum += left.scale() * right.scale() * Loops.sum(sums, left.width());
        }

        void finish() {
            inner.slot().set(sum);
        }
    }
}
