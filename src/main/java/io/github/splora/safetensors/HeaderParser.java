package io.github.splora.safetensors;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.storage.GitLfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a safetensors file and checks it against the
 * <a href="https://github.com/huggingface/safetensors#format">format</a>: an eight-byte little-endian header length,
 * that many bytes of JSON, and the tensors' data, which fills the rest of the file without gaps. A parsed header needs
 * no further checks. Where the reference implementation is more lenient than the format (it accepts duplicate names),
 * this parser follows the format.
 */
public final class HeaderParser {

    /** Number of bytes at the start of the file that hold the header length. */
    static final int LENGTH_BYTES = 8;

    /**
     * Maximum header length in bytes, from {@code MAX_HEADER_SIZE} of the
     * <a href="https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs">reference
     * implementation</a>.
     */
    static final long MAX_HEADER_LENGTH = 100_000_000;

    /** Length of the shortest JSON object, <code>{}</code>. */
    private static final long MIN_HEADER_LENGTH = 2;

    /** First four bytes of a zip archive, little-endian. */
    private static final int ZIP = 0x04034b50;

    private final Path file;
    private final FileChannel channel;

    private HeaderParser(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Reads the header, using memory proportional to its length.
     *
     * @param file for messages only
     * @param channel an open channel on that file, whose position is neither used nor changed
     * @throws BadInputException if the file violates any rule of the format
     * @throws IOException if the file cannot be read
     */
    public static SafetensorsHeader parse(Path file, FileChannel channel) throws IOException {
        return new HeaderParser(file, channel).parse();
    }

    private SafetensorsHeader parse() throws IOException {
        long fileSize = channel.size();
        long dataOffset = LENGTH_BYTES + headerLength(fileSize);
        HeaderInputStream bytes = new HeaderInputStream(channel, LENGTH_BYTES, dataOffset);
        HeaderJson json = HeaderJson.read(file, bytes);
        var tensors = DataLayout.check(file, json.tensors().values(), fileSize - dataOffset);
        return new SafetensorsHeader(tensors, json.metadata(), dataOffset);
    }

    private long headerLength(long fileSize) throws IOException {
        ByteBuffer start = start();
        if (start.limit() < LENGTH_BYTES) {
            throw new BadInputException(
                    file,
                    "file size",
                    Plural.of(fileSize, "byte"),
                    "is too short for a safetensors file, which starts with an 8-byte header length");
        }
        long length = start.getLong(0);
        String fault = lengthFault(length, fileSize);
        if (fault == null) {
            return length;
        }
        refuseOtherFormats(start);
        throw new BadInputException(file, HeaderField.HEADER_LENGTH, Long.toUnsignedString(length), fault);
    }

    /** Reads the first bytes, enough for the header length and for recognizing other formats. */
    private ByteBuffer start() throws IOException {
        ByteBuffer start = ByteBuffer.allocate(GitLfs.ENOUGH).order(ByteOrder.LITTLE_ENDIAN);
        while (start.hasRemaining() && channel.read(start, start.position()) >= 0) {
            // A channel may return fewer bytes than requested.
        }
        return start.flip();
    }

    private static @Nullable String lengthFault(long length, long fileSize) {
        if (Long.compareUnsigned(length, MAX_HEADER_LENGTH) > 0) {
            return "exceeds the format's limit of " + MAX_HEADER_LENGTH + " bytes, so this is not a safetensors file";
        }
        if (length < MIN_HEADER_LENGTH) {
            return "is too small for a JSON object, which takes at least 2 bytes";
        }
        if (length > fileSize - LENGTH_BYTES) {
            return "extends past the end of the file, which has " + Plural.of(fileSize, "byte") + ": it is truncated";
        }
        return null;
    }

    /**
     * Called only once the length is known to be wrong, because a valid length may look like another format's first
     * bytes.
     */
    private void refuseOtherFormats(ByteBuffer start) {
        GitLfs.refusePointer(file, start);
        if (start.getInt(0) == ZIP) {
            throw new BadInputException(
                    file,
                    null,
                    null,
                    "is a zip archive, most likely a PyTorch pickle, not a safetensors file; rename it to end"
                            + " in .bin to read it as one");
        }
    }
}
