package io.github.splora.testing;

import io.github.splora.storage.DType;
import io.github.splora.storage.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A small tensor in memory, ready to be written. */
public record TinyTensor(String name, DType dtype, List<Long> shape, byte[] bytes) implements TensorSource {

    /** Creates an F32 tensor with the given values, the last dimension varying fastest. */
    public static TinyTensor of(String name, List<Long> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new TinyTensor(name, DType.F32, shape, bytes.array());
    }

    /** Creates an F32 tensor whose values depend only on the name and the seed. */
    public static TinyTensor random(String name, long seed, long... shape) {
        Random random = new Random(31 * seed + name.hashCode());
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return of(name, Arrays.stream(shape).boxed().toList(), values);
    }

    /** Creates a tensor of zeros of any type. */
    public static TinyTensor zeros(String name, DType dtype, long... shape) {
        long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        return new TinyTensor(
                name,
                dtype,
                Arrays.stream(shape).boxed().toList(),
                new byte[(int) (elements * dtype.bits() / Byte.SIZE)]);
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        out.write(ByteBuffer.wrap(bytes));
    }
}
