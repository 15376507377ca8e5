package io.github.splora.safetensors;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.storage.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks that the tensors cover the data from the first byte to the last, without gaps or overlaps. */
final class DataLayout {

    private static final Comparator<TensorInfo> BY_OFFSETS =
            Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end);

    private final Path file;
    private final long dataLength;
    private @Nullable TensorInfo last;

    private DataLayout(Path file, long dataLength) {
        this.file = file;
        this.dataLength = dataLength;
    }

    /**
     * @param tensors individually consistent tensors, in any order
     * @param dataLength bytes in the file after its header
     * @return the tensors by name, in file order
     * @throws BadInputException naming the first tensor that leaves a gap, overlaps another or ends past the file, or
     *     the surplus bytes
     */
    static Map<String, TensorInfo> check(Path file, Collection<TensorInfo> tensors, long dataLength) {
        List<TensorInfo> ordered = new ArrayList<>(tensors);
        ordered.sort(BY_OFFSETS);
        DataLayout layout = new DataLayout(file, dataLength);
        Map<String, TensorInfo> byName = new LinkedHashMap<>();
        for (TensorInfo tensor : ordered) {
            layout.append(tensor);
            byName.put(tensor.name(), tensor);
        }
        layout.checkNothingIsLeft();
        return byName;
    }

    private void append(TensorInfo tensor) {
        long covered = covered();
        if (tensor.begin() > covered) {
            throw fault(tensor, "leaves a gap: bytes " + covered + " to " + tensor.begin() + " belong to no tensor");
        }
        if (last != null && tensor.begin() < covered) {
            throw fault(tensor, "overlaps " + HeaderField.tensor(last.name()) + " at " + offsets(last));
        }
        if (tensor.end() > dataLength) {
            throw fault(
                    tensor,
                    "ends past the end of the file, which has " + Plural.of(dataLength, "byte")
                            + " of data: it is truncated");
        }
        last = tensor;
    }

    private void checkNothingIsLeft() {
        if (covered() < dataLength) {
            throw new BadInputException(
                    file,
                    "data",
                    Plural.of(dataLength, "byte"),
                    "is " + Plural.of(dataLength - covered(), "byte") + " longer than the tensors, which end at byte "
                            + covered());
        }
    }

    private long covered() {
        return last == null ? 0 : last.end();
    }

    private BadInputException fault(TensorInfo tensor, String explanation) {
        return new BadInputException(
                file, HeaderField.tensor(tensor.name(), "data_offsets"), offsets(tensor), explanation);
    }

    private static String offsets(TensorInfo tensor) {
        return List.of(tensor.begin(), tensor.end()).toString();
    }
}
