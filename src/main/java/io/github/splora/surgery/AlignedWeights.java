package io.github.splora.surgery;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Aligned weights that take the place of a merged checkpoint's, in its types.
 *
 * @param merged the checkpoint
 * @param aligned aligned tensors by the names of those that they replace
 */
public record AlignedWeights(Checkpoint merged, Map<String, StoredTensor> aligned) {

    /**
     * Checks that the weights can be replaced.
     *
     * @throws BadInputException if 8-bit weights would have to be
     */
    public void requireWritable() {
        List<Problem> problems = aligned.entrySet().stream()
                .filter(entry -> !isFloat(merged.tensor(entry.getKey())) || !isFloat(entry.getValue()))
                .map(entry -> RestoredWeights.eightBits(merged, entry.getKey()))
                .toList();
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    /** Returns how many weights are stored in another type than the merged ones, so that they may be rounded. */
    public long converted() {
        return aligned.entrySet().stream()
                .filter(entry -> merged.tensor(entry.getKey()).dtype()
                        != entry.getValue().dtype())
                .count();
    }

    /** Returns what to write, by the names of the tensors that are replaced. */
    public Map<String, TensorSource> tensors() {
        Map<String, TensorSource> tensors = new LinkedHashMap<>();
        aligned.forEach((name, tensor) -> {
            DType dtype = merged.tensor(name).dtype();
            tensors.put(
                    name,
                    tensor.dtype() == dtype
                            ? TensorSource.copyOf(tensor.file(), tensor.info(), name)
                            : new ConvertedTensor(tensor, name, dtype));
        });
        return tensors;
    }

    static boolean isFloat(StoredTensor tensor) {
        return DType.WEIGHTS.contains(tensor.dtype());
    }
}
