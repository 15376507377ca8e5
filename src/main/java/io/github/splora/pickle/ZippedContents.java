package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DataFile;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the format that {@code torch.save} has written since PyTorch 1.6: a zip archive with the pickle in
 * {@code NAME/data.pkl} and each storage in {@code NAME/data/KEY}.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/notes/serialization.html">Serialization semantics</a>
 */
final class ZippedContents {

    private static final Pattern PICKLE = Pattern.compile("[^/]+/data\\.pkl");
    private static final int LONGEST_BYTE_ORDER = 16;

    private ZippedContents() {}

    /** @throws BadInputException if the archive is malformed, or its pickle is missing or not allowed */
    static Contents read(DataFile data) {
        Map<String, ZipEntry> entries = ZipDirectory.read(data);
        List<ZipEntry> pickles = entries.values().stream()
                .filter(e -> PICKLE.matcher(e.name()).matches())
                .toList();
        if (pickles.size() != 1) {
            throw ZipDirectory.malformed(data, "it has " + pickles.size() + " entries named NAME/data.pkl");
        }
        String root = pickles.get(0).name().replaceFirst("data\\.pkl$", "");
        checkByteOrder(data, entries.get(root + "byteorder"));
        Extent pickle = pickles.get(0).content();
        if (pickle.length() > PickleFile.MAX_PICKLE_LENGTH) {
            throw new BadInputException(
                    data.path(),
                    ZipEntry.label(pickles.get(0).name()),
                    pickle.length() + " bytes",
                    "exceeds the limit of " + PickleFile.MAX_PICKLE_LENGTH + " bytes for a pickle; "
                            + PickleFile.CONVERT);
        }
        Map<String, Extent> storages = new HashMap<>();
        String prefix = root + "data/";
        entries.forEach((name, entry) -> {
            if (name.startsWith(prefix)) {
                storages.put(name.substring(prefix.length()), entry.content());
            }
        });
        return new Contents(new TensorUnpickler(data.path()).read(new PickleStream(data, pickle)), storages);
    }

    /**
     * Files from before PyTorch 2.1 do not state their byte order; except for a few from mainframes they are
     * little-endian.
     */
    private static void checkByteOrder(DataFile data, @Nullable ZipEntry entry) {
        if (entry == null) {
            return;
        }
        int length = (int) Math.min(entry.content().length(), LONGEST_BYTE_ORDER);
        String order = StandardCharsets.ISO_8859_1
                .decode(data.read(entry.content().begin(), length))
                .toString();
        if (!order.equals("little")) {
            throw PickleFile.otherByteOrder(data, ZipEntry.label(entry.name()), order);
        }
    }
}
