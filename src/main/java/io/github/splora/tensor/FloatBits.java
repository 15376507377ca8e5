package io.github.splora.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Float32s by their bits. Java's compiler makes no vector instructions of a loop with {@link Float#intBitsToFloat}; copying
 * whole arrays to memory and back as floats takes half the time of one.
 */
final class FloatBits {

  private IntBuffer bits = IntBuffer.allocate(0);
  private FloatBuffer floats;

  /** The first {@code n}, as numbers. */
  void convert(int[] from, float[] into, int n) {
    if (bits.capacity() < n) {
      ByteBuffer memory = ByteBuffer.allocateDirect(n * Float.BYTES).order(ByteOrder.nativeOrder());
      bits = memory.asIntBuffer();
      floats = memory.asFloatBuffer();
    }
    bits.put(0, from, 0, n);
    floats.get(0, into, 0, n);
  }
}
