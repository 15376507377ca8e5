package io.github.splora.surgery;

import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor in the place of an old one, rounded to its type, whose values are computed whenever it is written.
 *
 * @param old the tensor whose name and type it gets
 * @param values computes all elements, in order
 */
record ComputedTensor(StoredTensor old, List<Long> shape, Supplier<double[]> values) implements TensorSource {

    private static final int CHUNK_ELEMENTS = 1 << 16;

    /**
     * Computes the values once, to see that they fit.
     *
     * @throws io.github.splora.error.BadInputException if a value does not fit into the type
     */
    static ComputedTensor checked(StoredTensor old, List<Long> shape, Supplier<double[]> values) {
        ComputedTensor tensor = new ComputedTensor(old, shape, values);
        FloatEncoding encoding = tensor.encoding();
        ByteBuffer buffer = encoding.allocate(1);
        for (double value : values.get()) {
            encoding.put(value, buffer.clear());
        }
        return tensor;
    }

    @Override
    public String name() {
        return old.name();
    }

    @Override
    public DType dtype() {
        return old.dtype();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        FloatEncoding encoding = encoding();
        double[] all = values.get();
        ByteBuffer buffer = encoding.allocate(Math.min(CHUNK_ELEMENTS, all.length));
        for (double value : all) {
            encoding.put(value, buffer);
            if (!buffer.hasRemaining()) {
                out.write(buffer.flip());
                buffer.clear();
            }
        }
        if (buffer.position() > 0) {
            out.write(buffer.flip());
        }
    }

    private FloatEncoding encoding() {
        return new FloatEncoding(old.dtype(), old, "the type of the adapter; save the adapter in a wider type first");
    }
}
