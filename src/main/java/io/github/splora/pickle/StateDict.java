package io.github.splora.pickle;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.storage.DataFile;
import io.github.splora.storage.TensorInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the tensors in an unpickled object, which must be a flat dict of tensors, and checks their locations. */
final class StateDict {

    private static final int KEYS_QUOTED = 10;

    private final DataFile data;
    private final Map<String, Extent> storages;

    private StateDict(DataFile data, Map<String, Extent> storages) {
        this.data = data;
        this.storages = storages;
    }

    /**
     * Returns the tensors by name, in dict order. Numbers and strings in the dict are ignored.
     *
     * @return consistent tensors: the shape takes exactly the bytes between the two offsets, which are within the file
     * @throws BadInputException if the file holds anything else, or a tensor is outside its storage or not contiguous
     */
    static Map<String, TensorInfo> tensors(DataFile data, Contents contents) {
        if (!(contents.root() instanceof PickledDict dict)) {
            throw new BadInputException(
                    data.path(), null, null, "does not hold a dict of named tensors; " + PickleFile.CONVERT);
        }
        StateDict state = new StateDict(data, contents.storages());
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        dict.entries().forEach((key, value) -> {
            if (key instanceof String name && value instanceof PickledTensor tensor) {
                tensors.put(name, state.place(name, tensor));
            } else if (!isPlain(value)) {
                throw nested(data, dict);
            }
        });
        return tensors;
    }

    private TensorInfo place(String name, PickledTensor tensor) {
        Storage storage = tensor.storage();
        Extent bytes = storages.get(storage.key());
        try {
            if (bytes == null || bytes.length() != storage.byteLength()) {
                throw fault(
                        name,
                        PickleFile.label(storage),
                        "is missing from the file, or does not have the size of "
                                + Plural.of(storage.elements(), storage.dtype() + " element")
                                + "; download the file again");
            }
            if (!tensor.isContiguous()) {
                throw fault(
                        name,
                        "stride " + tensor.stride() + " of shape " + tensor.shape(),
                        "a transposed or sliced tensor cannot be read; load the file with PyTorch, make its"
                                + " tensors contiguous (tensor.contiguous()) and save them");
            }
            if (tensor.elements() > storage.elements() - tensor.offset()) {
                throw fault(
                        name,
                        "offset " + tensor.offset() + " of shape " + tensor.shape(),
                        "extends past the end of its storage of "
                                + Plural.of(storage.elements(), "element")
                                + "; download the file again");
            }
            long begin = bytes.begin() + tensor.offset() * storage.bytesEach();
            return new TensorInfo(
                    name, storage.dtype(), tensor.shape(), begin, begin + tensor.elements() * storage.bytesEach());
        } catch (ArithmeticException e) {
            throw fault(name, "shape " + tensor.shape(), "is larger than any file; download the file again");
        }
    }

    private BadInputException fault(String name, String value, String explanation) {
        return new BadInputException(data.path(), TensorInfo.label(name), value, explanation);
    }

    private static boolean isPlain(@Nullable Object value) {
        return value == null || value instanceof Number || value instanceof String || value instanceof Boolean;
    }

    private static BadInputException nested(DataFile data, PickledDict dict) {
        List<String> keys = dict.entries().keySet().stream()
                .limit(KEYS_QUOTED)
                .map(key -> TensorInfo.shortened(String.valueOf(key)))
                .toList();
        String more = dict.entries().size() > KEYS_QUOTED ? ", …" : "";
        return new BadInputException(
                data.path(),
                "keys",
                keys.stream().collect(Collectors.joining(", ", "[", more + "]")),
                "holds more than named tensors, as training checkpoints do; load it with PyTorch and save only"
                        + " the model's state dict");
    }
}
