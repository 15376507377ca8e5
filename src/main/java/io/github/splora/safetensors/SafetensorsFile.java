package io.github.splora.safetensors;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DataFile;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * An open safetensors file: its validated header, and its tensors' bytes on demand. Opening reads only the header;
 * tensors and files of any size can be read in slices. See {@link DataFile} for what happens if the file changes
 * meanwhile.
 */
public final class SafetensorsFile implements TensorFile {

    private final DataFile data;
    private final SafetensorsHeader header;

    private SafetensorsFile(DataFile data, SafetensorsHeader header) {
        this.data = data;
        this.header = header;
    }

    /**
     * Opens the file and reads its header.
     *
     * @throws BadInputException if the file is missing, unreadable or not a valid safetensors file
     */
    public static SafetensorsFile open(Path path) {
        DataFile data = DataFile.open(path, "safetensors");
        SafetensorsFile file = null;
        try {
            file = new SafetensorsFile(data, HeaderParser.parse(path, data.channel()));
            return file;
        } catch (IOException e) {
            throw DataFile.unreadable(path, e);
        } finally {
            if (file == null) {
                data.close();
            }
        }
    }

    @Override
    public Path path() {
        return data.path();
    }

    public SafetensorsHeader header() {
        return header;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return header.tensors();
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public void read(TensorInfo tensor, long offset, ByteBuffer into) {
        Objects.checkFromIndexSize(offset, into.remaining(), tensor.byteLength());
        data.read(position(tensor) + offset, into);
    }

    @Override
    public void copy(TensorInfo tensor, WritableByteChannel out) throws IOException {
        data.copy(position(tensor), tensor.byteLength(), out);
    }

    @Override
    public void close() {
        data.close();
    }

    private long position(TensorInfo tensor) {
        return header.dataOffset() + tensor.begin();
    }
}
