package io.github.splora.storage;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A tensor of a file that is written to another file unchanged, possibly under another name. */
record TensorCopy(TensorFile file, TensorInfo tensor, String name) implements TensorSource {

    @Override
    public DType dtype() {
        return tensor.dtype();
    }

    @Override
    public List<Long> shape() {
        return tensor.shape();
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        file.copy(tensor, out);
    }
}
