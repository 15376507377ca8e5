package io.github.splora.safetensors;

import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Where a source writes one tensor: takes exactly the tensor's bytes, since one more would shift all that follow. */
final class TensorChannel implements WritableByteChannel {

    private final TensorInfo tensor;
    private final WritableByteChannel file;
    private long written;

    TensorChannel(TensorInfo tensor, WritableByteChannel file) {
        this.tensor = tensor;
        this.file = file;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        written += count;
        if (written > tensor.byteLength()) {
            throw wrongCount("at least " + written);
        }
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        return count;
    }

    /** To be called when the source says it is done. */
    void checkComplete() {
        if (written != tensor.byteLength()) {
            throw wrongCount(Long.toString(written));
        }
    }

    private IllegalStateException wrongCount(String count) {
        return new IllegalStateException("the source of " + HeaderField.tensor(tensor.name()) + " wrote " + count
                + " bytes, not the " + tensor.byteLength() + " of its dtype and shape");
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    /** Does nothing: other tensors follow. */
    @Override
    public void close() {}
}
