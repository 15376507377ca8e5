package io.github.splora.storage;

import io.github.splora.error.BadInputException;
import java.nio.ByteBuffer;
import java.util.List;

/** A tensor where it lies: an open file and the tensor's entry in its header. Nothing is read until it is mapped. */
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

    /**
     * What to report when reading a mapped view ended in an {@link InternalError}, which is what Java makes of a page of a
     * file that is no longer there.
     */
    public BadInputException cutShort(InternalError error) {
        return new BadInputException(
                file.path(), TensorInfo.label(name()), null, "the file was cut short while it was read", error);
    }

    /** Fills {@code into} with the tensor's bytes from {@code offset} on. */
    public void read(long offset, ByteBuffer into) {
        file.read(info, offset, into);
    }

    /** A read-only, little-endian view of {@code length} of the tensor's bytes from {@code offset} on. */
    public ByteBuffer map(long offset, int length) {
        return file.map(info, offset, length);
    }
}
