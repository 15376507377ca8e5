package io.github.splora.surgery;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import io.github.splora.storage.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.Supplier;

/**
 * A stored weight plus a product of low rank, {@code W + BA}, rounded to the weight's type: a few rows at a time.
 *
 * @param weight one matrix {@code [out, …]}, or a stack of as many as there are factors
 * @param product B and A of each matrix
 */
record WeightSum(StoredTensor weight, Supplier<List<Factors>> product) implements TensorSource {

    private static final int CHUNK_ELEMENTS = 1 << 18;
    private static final int SAMPLED_ROWS = 32;

    /**
     * What rounding does to a sample of what is added.
     *
     * @param kept inner product of the stored and the exact difference
     * @param whole {@code ‖BA‖²} in the sample
     */
    record Rounding(double kept, double whole) {}

    @Override
    public String name() {
        return weight.name();
    }

    @Override
    public DType dtype() {
        return weight.dtype();
    }

    @Override
    public List<Long> shape() {
        return weight.shape();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        long first = 0;
        for (Factors factors : product.get()) {
            int rows = factors.b().rows();
            int columns = factors.a().columns();
            int perChunk = Math.max(1, CHUNK_ELEMENTS / columns);
            FloatEncoding encoding = encoding();
            ByteBuffer buffer = encoding.allocate(Math.multiplyExact(perChunk, columns));
            for (int row = 0; row < rows; row += perChunk) {
                int count = Math.min(perChunk, rows - row);
                double[] added = added(factors, row, count);
                double[] old = Values.of(weight, first + (long) row * columns, count * columns);
                buffer.clear();
                for (int i = 0; i < old.length; i++) {
                    encoding.put(old[i] + added[i], buffer);
                }
                out.write(buffer.flip());
            }
            first += (long) rows * columns;
        }
    }

    /** Rounds evenly spaced rows of each matrix. */
    Rounding rounding() {
        double kept = 0;
        double whole = 0;
        long first = 0;
        for (Factors factors : product.get()) {
            int rows = factors.b().rows();
            int columns = factors.a().columns();
            FloatEncoding encoding = encoding();
            for (int row = 0; row < rows; row += Math.max(1, rows / SAMPLED_ROWS)) {
                double[] added = added(factors, row, 1);
                double[] old = Values.of(weight, first + (long) row * columns, columns);
                for (int i = 0; i < columns; i++) {
                    kept += (encoding.rounded(old[i] + added[i]) - old[i]) * added[i];
                    whole += added[i] * added[i];
                }
            }
            first += (long) rows * columns;
        }
        return new Rounding(kept, whole);
    }

    private static double[] added(Factors factors, int row, int count) {
        return factors.b().rows(row, count).times(factors.a()).values();
    }

    private FloatEncoding encoding() {
        return new FloatEncoding(
                weight.dtype(), weight, "the type of the merged checkpoint; save the checkpoint in a wider type first");
    }
}
