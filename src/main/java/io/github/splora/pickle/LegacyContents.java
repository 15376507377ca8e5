package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.storage.DataFile;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the format that {@code torch.save} wrote before PyTorch 1.6: five consecutive pickles (a magic number, a
 * version, system information, the object, the storage keys), then for each key an eight-byte element count and the
 * elements.
 */
final class LegacyContents {

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final Integer VERSION = 1001;

    private LegacyContents() {}

    /** @throws BadInputException if the file is malformed or its pickles are not allowed */
    static Contents read(DataFile data) {
        PickleStream stream =
                new PickleStream(data, new Extent(0, Math.min(data.size(), PickleFile.MAX_PICKLE_LENGTH)));
        TensorUnpickler unpickler = new TensorUnpickler(data.path());
        if (!MAGIC.equals(unpickler.read(stream)) || !VERSION.equals(unpickler.read(stream))) {
            throw new BadInputException(
                    data.path(), null, null, "is a pickle, but was not written by torch.save; " + PickleFile.CONVERT);
        }
        if (!(unpickler.read(stream) instanceof PickledDict machine)
                || !Boolean.TRUE.equals(machine.get("little_endian"))) {
            throw PickleFile.otherByteOrder(data, "little_endian", "not True");
        }
        Object root = unpickler.read(stream);
        Object keys = unpickler.read(stream);
        return new Contents(root, storages(data, keys, unpickler.storages(), stream.position()));
    }

    private static Map<String, Extent> storages(DataFile data, Object keys, Map<String, Storage> known, long position) {
        if (!(keys instanceof List<?> list)) {
            throw new BadInputException(data.path(), "storage keys", null, "are not a list; download the file again");
        }
        Map<String, Extent> storages = new HashMap<>();
        for (Object key : list) {
            Storage storage = key instanceof String ? known.get(key) : null;
            if (storage == null) {
                throw new BadInputException(
                        data.path(),
                        "storage keys",
                        null,
                        "name a storage that no tensor uses; download the file again, or " + PickleFile.CONVERT);
            }
            Extent extent = extent(data, storage, position);
            if (storages.put(storage.key(), extent) != null) {
                throw new BadInputException(
                        data.path(),
                        PickleFile.label(storage),
                        null,
                        "appears twice; download the file again, or " + PickleFile.CONVERT);
            }
            position = extent.end();
        }
        return storages;
    }

    private static Extent extent(DataFile data, Storage storage, long position) {
        if (data.size() - position < Long.BYTES) {
            throw PickleFile.cutShort(data, storage);
        }
        long elements = data.read(position, Long.BYTES).getLong();
        if (elements != storage.elements()) {
            throw new BadInputException(
                    data.path(),
                    PickleFile.label(storage),
                    Plural.of(elements, "element"),
                    "the pickle describes " + storage.elements() + "; download the file again");
        }
        long begin = position + Long.BYTES;
        if (elements > (data.size() - begin) / storage.bytesEach()) {
            throw PickleFile.cutShort(data, storage);
        }
        return new Extent(begin, storage.byteLength());
    }
}
