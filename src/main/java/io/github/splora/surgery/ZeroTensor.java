package io.github.splora.surgery;

import io.github.splora.storage.DType;
import io.github.splora.storage.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A tensor of zeros, which every floating-point type stores as zero bytes. */
record ZeroTensor(String name, DType dtype, List<Long> shape) implements TensorSource {

    private static final int CHUNK_BYTES = 1 << 16;

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        long left = shape.stream().reduce(1L, Math::multiplyExact) * dtype.bits() / Byte.SIZE;
        while (left > 0) {
            ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, left));
            left -= zeros.remaining();
            while (zeros.hasRemaining()) {
                out.write(zeros);
            }
        }
    }
}
