package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.storage.DataFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Locates the entries of a zip archive, in the plain form that {@code torch.save} writes: nothing but padding before,
 * between or after its parts, no comment, no compression. Nothing is ever extracted, so entry names cannot lead
 * anywhere and no entry is larger than it appears.
 *
 * <p>No library is used because tensors must be located within the archive, and because strictness is the point: two
 * readers interpret one file differently exactly where libraries are lenient.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">The format</a>
 */
final class ZipDirectory {

    /** Maximum directory length in bytes; at about 120 bytes per entry, enough for 70,000 entries. */
    static final int MAX_LENGTH = 8 << 20;

    private ZipDirectory() {}

    /**
     * Reads the directory and every local header.
     *
     * @return the entries by name, in directory order
     * @throws BadInputException if the archive is malformed or contains anything that {@code torch.save} does not write
     */
    static Map<String, ZipEntry> read(DataFile archive) {
        ZipEnd end = ZipEnd.read(archive);
        Extent place = end.directory();
        if (place.length() > MAX_LENGTH) {
            throw new BadInputException(
                    archive.path(),
                    "zip directory",
                    place.length() + " bytes",
                    "exceeds the limit of " + MAX_LENGTH + " bytes; " + PickleFile.CONVERT);
        }
        ByteBuffer directory = archive.read(place.begin(), (int) place.length());
        Map<String, ZipEntry> entries = new LinkedHashMap<>();
        while (directory.hasRemaining()) {
            ZipEntry entry = ZipEntry.read(archive, directory);
            if (entries.putIfAbsent(entry.name(), entry) != null) {
                throw malformed(archive, ZipEntry.label(entry.name()) + " appears twice");
            }
        }
        if (entries.size() != end.entries()) {
            throw malformed(
                    archive,
                    "its directory has " + entries.size() + Plural.choose(entries.size(), " entry", " entries")
                            + " instead of " + end.entries());
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
                "was not written by torch.save: " + explanation + "; download the file again, or "
                        + PickleFile.CONVERT);
    }
}
