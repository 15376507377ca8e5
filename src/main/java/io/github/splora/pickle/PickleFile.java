package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.storage.DataFile;
import io.github.splora.storage.GitLfs;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;

/**
 * An open file of {@code torch.save}: a flat dict of tensors, such as {@code pytorch_model.bin} and PEFT's
 * {@code adapter_model.bin}. Opening runs the pickle, which is a program, on a machine that can only describe tensors
 * ({@link TensorUnpickler}); their bytes are read in place, so files of any size can be read. See {@link DataFile} for
 * what happens if the file changes meanwhile.
 */
public final class PickleFile implements TensorFile {

    /** Maximum pickle length in bytes; at about 170 bytes per tensor, more than {@link TensorUnpickler} will read. */
    static final int MAX_PICKLE_LENGTH = 32 << 20;

    /** The remedy for a file that cannot be read. */
    static final String CONVERT = "load it with PyTorch and save its tensors as safetensors";

    private static final int ZIP = 0x04034b50;
    private static final byte PROTO = (byte) 0x80;

    private final DataFile data;
    private final Map<String, TensorInfo> tensors;

    private PickleFile(DataFile data, Map<String, TensorInfo> tensors) {
        this.data = data;
        this.tensors = tensors;
    }

    /**
     * Opens the file and reads its pickle.
     *
     * @throws BadInputException if the file is missing, unreadable or malformed, holds anything but named tensors, or
     *     names a global that is not allowed
     */
    public static PickleFile open(Path path) {
        DataFile data = DataFile.open(path, "PyTorch");
        try {
            return new PickleFile(data, Collections.unmodifiableMap(StateDict.tensors(data, contents(data))));
        } catch (RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private static Contents contents(DataFile data) {
        ByteBuffer start = data.read(0, (int) Math.min(data.size(), GitLfs.ENOUGH));
        if (start.limit() >= Integer.BYTES && start.getInt(0) == ZIP) {
            return ZippedContents.read(data);
        }
        if (start.limit() > 0 && start.get(0) == PROTO) {
            return LegacyContents.read(data);
        }
        GitLfs.refusePointer(data.path(), start);
        throw new BadInputException(
                data.path(),
                "file size",
                Plural.of(data.size(), "byte"),
                "was not written by torch.save: it is neither a zip archive nor a pickle; download it again");
    }

    @Override
    public Path path() {
        return data.path();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public void read(TensorInfo tensor, long offset, ByteBuffer into) {
        Objects.checkFromIndexSize(offset, into.remaining(), tensor.byteLength());
        data.read(tensor.begin() + offset, into);
    }

    @Override
    public void copy(TensorInfo tensor, WritableByteChannel out) throws IOException {
        data.copy(tensor.begin(), tensor.byteLength(), out);
    }

    @Override
    public void close() {
        data.close();
    }

    static String label(Storage storage) {
        return "storage '" + TensorInfo.shortened(storage.key()) + "'";
    }

    static BadInputException cutShort(DataFile data, Storage storage) {
        return new BadInputException(
                data.path(),
                label(storage),
                null,
                "extends past the end of the file, which is truncated; download it again");
    }

    static BadInputException otherByteOrder(DataFile data, String field, String value) {
        return new BadInputException(data.path(), field, value, "only little-endian files can be read; " + CONVERT);
    }
}
