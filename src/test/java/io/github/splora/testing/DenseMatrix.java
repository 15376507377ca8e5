package io.github.splora.testing;

import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.safetensors.SafetensorsWriter;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import io.github.splora.storage.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A small dense matrix in plain double arithmetic, against which the engine's results are checked. */
public record DenseMatrix(double[][] rows) {

    /**
     * Creates a matrix from a seed, with multiples of 1/64 between −2 and 2, which every floating-point type stores
     * exactly.
     */
    public static DenseMatrix random(int height, int width, long seed) {
        Random random = new Random(seed);
        double[][] rows = new double[height][width];
        for (double[] row : rows) {
            for (int j = 0; j < width; j++) {
                row[j] = (random.nextInt(257) - 128) / 64.0;
            }
        }
        return new DenseMatrix(rows);
    }

    public static DenseMatrix identity(int size) {
        DenseMatrix identity = zeros(size, size);
        for (int i = 0; i < size; i++) {
            identity.rows[i][i] = 1;
        }
        return identity;
    }

    public static DenseMatrix zeros(int height, int width) {
        return new DenseMatrix(new double[height][width]);
    }

    public int height() {
        return rows.length;
    }

    public int width() {
        return rows[0].length;
    }

    public DenseMatrix times(DenseMatrix other) {
        double[][] product = new double[height()][other.width()];
        for (int i = 0; i < height(); i++) {
            for (int k = 0; k < width(); k++) {
                for (int j = 0; j < other.width(); j++) {
                    product[i][j] += rows[i][k] * other.rows[k][j];
                }
            }
        }
        return new DenseMatrix(product);
    }

    public DenseMatrix transposed() {
        double[][] flipped = new double[width()][height()];
        for (int i = 0; i < height(); i++) {
            for (int j = 0; j < width(); j++) {
                flipped[j][i] = rows[i][j];
            }
        }
        return new DenseMatrix(flipped);
    }

    /** Returns {@code this + factor·other}. */
    public DenseMatrix plus(double factor, DenseMatrix other) {
        double[][] sum = new double[height()][width()];
        for (int i = 0; i < height(); i++) {
            for (int j = 0; j < width(); j++) {
                sum[i][j] = rows[i][j] + factor * other.rows[i][j];
            }
        }
        return new DenseMatrix(sum);
    }

    /** Returns the sum of products of elements. */
    public double inner(DenseMatrix other) {
        double sum = 0;
        for (int i = 0; i < height(); i++) {
            for (int j = 0; j < width(); j++) {
                sum += rows[i][j] * other.rows[i][j];
            }
        }
        return sum;
    }

    public double norm() {
        return Math.sqrt(inner(this));
    }

    /** Returns all elements, row by row. */
    public double[] flat() {
        double[] flat = new double[height() * width()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = rows[i / width()][i % width()];
        }
        return flat;
    }

    /** Writes the matrix as the only tensor of a new file in {@code folder}. */
    public StoredTensor stored(Path folder, String name, DType dtype) throws IOException {
        Path path = folder.resolve(name + ".safetensors");
        SafetensorsWriter.write(path, List.of(new Source(name, dtype, this)), Map.of());
        SafetensorsFile file = SafetensorsFile.open(path);
        return new StoredTensor(file, file.tensor(name));
    }

    private record Source(String name, DType dtype, DenseMatrix matrix) implements TensorSource {

        @Override
        public List<Long> shape() {
            return List.of((long) matrix.height(), (long) matrix.width());
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            double[] values = matrix.flat();
            ByteBuffer bytes =
                    ByteBuffer.allocate(values.length * dtype.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
            for (double value : values) {
                switch (dtype) {
                    case F64 -> bytes.putDouble(value);
                    case F32 -> bytes.putFloat((float) value);
                    case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits((float) value) >>> 16));
                    case F16 -> bytes.putShort(half((float) value));
                    case F8_E4M3 -> bytes.put(eightBits((float) value));
                    default -> throw new IllegalArgumentException(dtype.toString());
                }
            }
            out.write(bytes.flip());
        }

        /** Encodes values that F8_E4M3 represents exactly, by searching all its values. */
        private static byte eightBits(float value) {
            return (byte) IntStream.range(0, 256)
                    .filter(code -> Values.ofE4m3((byte) code) == value)
                    .findFirst()
                    .orElseThrow();
        }

        /** Encodes zero, NaN, infinity and values that a normal half represents exactly. */
        private static short half(float value) {
            int bits = Float.floatToRawIntBits(value);
            int sign = (bits >>> 16) & 0x8000;
            if (value == 0) {
                return (short) sign;
            }
            int exponent = Float.isFinite(value) ? ((bits >>> 23) & 0xff) - 127 + 15 : 31;
            return (short) (sign | (exponent << 10) | ((bits >>> 13) & 0x3ff));
        }
    }
}
