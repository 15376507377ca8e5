package io.github.splora.testing;

import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.nio.ByteBuffer;

/** Whole tensors as bytes. */
public final class Bytes {

    private Bytes() {}

    /** All bytes of a tensor, little-endian. */
    public static ByteBuffer of(TensorFile file, TensorInfo tensor) {
        return file.read(tensor, 0, Math.toIntExact(tensor.byteLength()));
    }
}
