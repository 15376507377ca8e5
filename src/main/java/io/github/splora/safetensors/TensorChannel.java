package io.github.splora.safetensors;

import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The channel to which a source writes one tensor. Accepts exactly the tensor's bytes, since one more would shift all
 * later tensors.
 */
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

    /** Must be called once the source has finished. */
    void checkComplete() {
        if (written != tensor.byteLength()) {
            throw wrongCount(Long.toString(written));
        }
    }

    private IllegalStateException wrongCount(String count) {
        return new IllegalStateException("the source of " + HeaderField.tensor(tensor.name()) + " wrote " + count
                + " bytes instead of the " + tensor.byteLength() + " that its dtype and shape require");
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    /** Does nothing, because other tensors follow. */
    @Override
    public void close() {}
}
