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

  /** Takes the first {@code n}, in place of what was here. */
  void put(int[] from, int n) {
    if (bits.capacity() < n) {
      ByteBuffer memory = ByteBuffer.allocateDirect(n * Float.BYTES).order(ByteOrder.nativeOrder());
      bits = memory.asIntBuffer();
      floats = memory.asFloatBuffer();
    }
    bits.put(0, from, 0, n);
  }

  /** {@code n} from {@code first} on, as numbers. */
  void get(int first, float[] into, int n) {
    floats.get(first, into, 0, n);
  }
}
