package io.github.splora.storage;

import java.nio.ByteBuffer;
import java.util.List;

/** A tensor stored on disk: an open file and the tensor's entry in it. Its bytes are read on demand. */
public record StoredTensor(TensorFile file, TensorInfo info) {

    public String name() {
        return info.name();
    }

    public DType dtype() {
        return info.dtype();
    }

    public List<Long> shape() {
        return info.shape();
    }

    public long byteLength() {
        return info.byteLength();
    }

    /** Reads bytes into a buffer, as {@link TensorFile#read(TensorInfo, long, ByteBuffer)}. */
    public void read(long offset, ByteBuffer into) {
        file.read(info, offset, into);
    }

    /** Reads bytes into a new buffer, as {@link TensorFile#read(TensorInfo, long, int)}. */
    public ByteBuffer read(long offset, int length) {
        return file.read(info, offset, length);
    }
}
