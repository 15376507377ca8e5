package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DataFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a zip archive holds and where, for archives of the plain kind that {@code torch.save} writes: nothing before,
 * between or behind its parts but padding, no comment, everything stored as it is. Nothing is ever unpacked, so that
 * names of entries lead nowhere and no entry is larger than it looks.
 *
 * <p>Our own and not a library's because a tensor has to be found where it lies, and because the checks are the point:
 * what libraries forgive is what two readers of one file come to differ about.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">The format</a>
 */
final class ZipDirectory {

    /** Longest directory in bytes: an entry takes about 120, so this is room for 70,000 of them. */
    static final int MAX_LENGTH = 8 << 20;

    private ZipDirectory() {}

    /**
     * Reads the directory and every local header.
     *
     * @return the entries by name, in the order of the directory
     * @throws BadInputException if the archive is malformed, or has anything that {@code torch.save} does not write
     */
    static Map<String, ZipEntry> read(DataFile archive) {
        ZipEnd end = ZipEnd.read(archive);
        Extent place = end.directory();
        if (place.length() > MAX_LENGTH) {
            throw new BadInputException(
                    archive.path(),
                    "zip directory",
                    place.length() + " bytes",
                    "is over the limit of " + MAX_LENGTH + " bytes; " + PickleFile.CONVERT);
        }
        ByteBuffer directory = archive.read(place.begin(), (int) place.length());
        Map<String, ZipEntry> entries = new LinkedHashMap<>();
        while (directory.hasRemaining()) {
            ZipEntry entry = ZipEntry.read(archive, directory);
            if (entries.putIfAbsent(entry.name(), entry) != null) {
                throw malformed(archive, ZipEntry.label(entry.name()) + " is there twice");
            }
        }
        if (entries.size() != end.entries()) {
            throw malformed(
                    archive, "its directory has " + entries.size() + " entries and should have " + end.entries());
        }
        checkDisjoint(archive, entries, place.begin());
        return entries;
    }

    private static void checkDisjoint(DataFile archive, Map<String, ZipEntry> entries, long directory) {
        List<ZipEntry> ordered = new ArrayList<>(entries.values());
        ordered.sort(Comparator.comparingLong(ZipEntry::header));
        long free = 0;
        for (ZipEntry entry : ordered) {
            if (entry.header() < free || entry.content().end() > directory) {
                throw malformed(archive, ZipEntry.label(entry.name()) + " overlaps another part of the archive");
            }
            free = entry.content().end();
        }
    }

    static BadInputException malformed(DataFile archive, String explanation) {
        return new BadInputException(
                archive.path(),
                "zip archive",
                null,
                "is not one that torch.save wrote: " + explanation + "; download the file again, or "
                        + PickleFile.CONVERT);
    }
}
