package io.github.splora.surgery;

import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A small tensor in memory, encoded as in the file. */
record EncodedTensor(String name, DType dtype, List<Long> shape, byte[] bytes) implements TensorSource {

    /** Returns new values for an old tensor, rounded to its type. */
    @SuppressWarnings("ByteBufferBackingArray") // the encoding allocates on the heap, exactly the needed size
    static EncodedTensor of(StoredTensor old, double[] values) {
        FloatEncoding encoding =
                new FloatEncoding(old.dtype(), old, "the type of the adapter; save the adapter in a wider type first");
        ByteBuffer buffer = encoding.allocate(values.length);
        for (double value : values) {
            encoding.put(value, buffer);
        }
        return new EncodedTensor(old.name(), old.dtype(), old.shape(), buffer.array());
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}
