package io.github.splora.pickle;

import io.github.splora.storage.DataFile;
import java.nio.ByteBuffer;

/**
 * The description of the directory at the end of a zip archive.
 *
 * @param directory location of the directory, which ends where this description begins
 * @param entries number of entries
 */
record ZipEnd(Extent directory, long entries) {

    private static final int END = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int LOCATOR64_LENGTH = 20;
    private static final int END64 = 0x06064b50;
    private static final int END64_LENGTH = 56;

    /** Reads the end of the archive; large archives have two versions, of which the longer (zip64) applies. */
    static ZipEnd read(DataFile archive) {
        long begin = archive.size() - END_LENGTH;
        ByteBuffer end = begin < 0 ? null : archive.read(begin, END_LENGTH);
        if (end == null || end.getInt(0) != END || end.getShort(20) != 0) {
            throw ZipDirectory.malformed(
                    archive, "its end record is missing, so it was truncated or something was appended");
        }
        long locatorBegin = begin - LOCATOR64_LENGTH;
        ByteBuffer locator = locatorBegin < 0 ? null : archive.read(locatorBegin, LOCATOR64_LENGTH);
        if (locator != null && locator.getInt(0) == LOCATOR64) {
            return large(archive, locator.getLong(8), locatorBegin, end);
        }
        return checked(
                archive,
                begin,
                Integer.toUnsignedLong(end.getInt(16)),
                Integer.toUnsignedLong(end.getInt(12)),
                Short.toUnsignedLong(end.getShort(10)));
    }

    private static ZipEnd large(DataFile archive, long begin, long locatorBegin, ByteBuffer small) {
        if (begin < 0 || begin != locatorBegin - END64_LENGTH) {
            throw ZipDirectory.malformed(archive, "its end records are not adjacent");
        }
        ByteBuffer end = archive.read(begin, END64_LENGTH);
        boolean agrees = end.getInt(0) == END64
                && (small.getInt(16) == -1 || Integer.toUnsignedLong(small.getInt(16)) == end.getLong(48))
                && (small.getInt(12) == -1 || Integer.toUnsignedLong(small.getInt(12)) == end.getLong(40))
                && (small.getShort(10) == -1 || Short.toUnsignedLong(small.getShort(10)) == end.getLong(32));
        if (!agrees) {
            throw ZipDirectory.malformed(archive, "its end records contradict each other");
        }
        return checked(archive, begin, end.getLong(48), end.getLong(40), end.getLong(32));
    }

    private static ZipEnd checked(DataFile archive, long end, long begin, long length, long entries) {
        if (begin < 0 || begin > end || length != end - begin) {
            throw ZipDirectory.malformed(archive, "its directory is not where its end record says");
        }
        return new ZipEnd(new Extent(begin, length), entries);
    }
}
