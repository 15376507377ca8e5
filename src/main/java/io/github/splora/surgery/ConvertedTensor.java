package io.github.splora.surgery;

import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import io.github.splora.storage.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * A tensor converted to another float type, rounded to nearest, ties to even; exact if the type is wide enough. Read
 * and written in chunks.
 *
 * @param name its new name
 * @param dtype F64, F32, F16 or BF16
 */
record ConvertedTensor(StoredTensor from, String name, DType dtype) implements TensorSource {

    private static final int CHUNK_ELEMENTS = 1 << 18;

    @Override
    public List<Long> shape() {
        return from.shape();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        FloatEncoding encoding = new FloatEncoding(
                dtype, from, "the type of the merged checkpoint; save the checkpoint" + " in " + from.dtype());
        ByteBuffer buffer = encoding.allocate(CHUNK_ELEMENTS);
        long count = from.info().elementCount();
        for (long first = 0; first < count; first += CHUNK_ELEMENTS) {
            buffer.clear();
            for (double value : Values.of(from, first, (int) Math.min(CHUNK_ELEMENTS, count - first))) {
                encoding.put(value, buffer);
            }
            out.write(buffer.flip());
        }
    }
}
