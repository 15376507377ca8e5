package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DataFile;
import io.github.splora.storage.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One file in a zip archive, neither compressed nor encrypted.
 *
 * @param name with {@code /} as the separator; compared, never used as a path
 * @param header offset of its local header from the start of the archive
 * @param content location of its bytes
 */
record ZipEntry(String name, long header, Extent content) {

    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_LENGTH = 46;
    private static final int LOCAL_LENGTH = 30;

    /** Flags for encryption of any kind: bits 0, 6 and 13. */
    private static final int ENCRYPTED = 0x2041;
    /** Flag for a local header without sizes, which follow the content instead. */
    private static final int SIZES_FOLLOW = 0x8;

    /**
     * Reads the next entry of the central directory and the local header that it points to.
     *
     * @param directory positioned at the start of an entry; on return, after it
     * @throws BadInputException if the entry is malformed, compressed or encrypted, or the two headers differ
     */
    static ZipEntry read(DataFile archive, ByteBuffer directory) {
        int start = directory.position();
        if (directory.remaining() < CENTRAL_LENGTH || directory.getInt(start) != CENTRAL_HEADER) {
            throw ZipDirectory.malformed(archive, "its directory does not have an entry where one is expected");
        }
        int flags = directory.getShort(start + 8);
        int method = directory.getShort(start + 10);
        int nameLength = Short.toUnsignedInt(directory.getShort(start + 28));
        int extraLength = Short.toUnsignedInt(directory.getShort(start + 30));
        int commentLength = Short.toUnsignedInt(directory.getShort(start + 32));
        if (directory.remaining() < CENTRAL_LENGTH + nameLength + extraLength + commentLength) {
            throw ZipDirectory.malformed(archive, "an entry of its directory extends past the directory's end");
        }
        ByteBuffer nameBytes = directory.slice(start + CENTRAL_LENGTH, nameLength);
        String name = text(archive, nameBytes);
        Zip64Field large = Zip64Field.in(directory, start + CENTRAL_LENGTH + nameLength, extraLength);
        long size = large.orIn(directory.getInt(start + 24));
        long packed = large.orIn(directory.getInt(start + 20));
        long header = large.orIn(directory.getInt(start + 42));
        directory.position(start + CENTRAL_LENGTH + nameLength + extraLength + commentLength);
        if (method != 0 || size != packed || (flags & ENCRYPTED) != 0) {
            throw new BadInputException(
                    archive.path(),
                    label(name),
                    "compression method " + method,
                    "torch.save neither compresses nor encrypts, and compressed content could be of any size; "
                            + PickleFile.CONVERT);
        }
        return new ZipEntry(name, header, contentOf(archive, name, nameBytes, flags, header, size));
    }

    private static Extent contentOf(
            DataFile archive, String name, ByteBuffer nameBytes, int flags, long header, long size) {
        if (header < 0 || size < 0 || header > archive.size() - LOCAL_LENGTH - nameBytes.limit()) {
            throw ZipDirectory.malformed(archive, label(name) + " is not within the file");
        }
        ByteBuffer local = archive.read(header, LOCAL_LENGTH + nameBytes.limit());
        boolean same = local.getInt(0) == LOCAL_HEADER
                && local.getShort(6) == (short) flags
                && local.getShort(8) == 0
                && Short.toUnsignedInt(local.getShort(26)) == nameBytes.limit()
                && local.slice(LOCAL_LENGTH, nameBytes.limit()).equals(nameBytes);
        int extraLength = Short.toUnsignedInt(local.getShort(28));
        long begin = header + local.limit() + extraLength;
        if (!same
                || begin > archive.size() - size
                || !sizeAgrees(archive, local, begin - extraLength, extraLength, size)) {
            throw ZipDirectory.malformed(archive, label(name) + " is described differently in its local header");
        }
        return new Extent(begin, size);
    }

    private static boolean sizeAgrees(DataFile archive, ByteBuffer local, long extraBegin, int extraLength, long size) {
        if ((local.getShort(6) & SIZES_FOLLOW) != 0) {
            return true;
        }
        Zip64Field large = Zip64Field.in(archive.read(extraBegin, extraLength), 0, extraLength);
        return large.orIn(local.getInt(22)) == size && large.orIn(local.getInt(18)) == size;
    }

    private static String text(DataFile archive, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
        } catch (CharacterCodingException e) {
            throw ZipDirectory.malformed(archive, "an entry's name is not UTF-8");
        }
    }

    static String label(String name) {
        return "zip entry '" + TensorInfo.shortened(name) + "'";
    }
}
