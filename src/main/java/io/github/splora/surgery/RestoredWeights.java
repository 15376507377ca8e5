package io.github.splora.surgery;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Weights of a merged checkpoint, each with a product of low rank added to each of its matrices.
 *
 * @param merged the checkpoint
 * @param products B and A, one pair per matrix, by the names of the tensors that they are added to
 */
public record RestoredWeights(Checkpoint merged, Map<String, Supplier<List<Factors>>> products) {

    /**
     * Checks that weights can be restored.
     *
     * @param names of their tensors
     * @throws BadInputException if some have 8 bits
     */
    public static void requireWritable(Checkpoint merged, Collection<String> names) {
        List<Problem> problems = names.stream()
                .filter(name -> !AlignedWeights.isFloat(merged.tensor(name)))
                .map(name -> eightBits(merged, name))
                .toList();
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    static Problem eightBits(Checkpoint merged, String name) {
        return new Problem(
                merged.location().toString(),
                TensorInfo.label(name) + " dtype",
                merged.tensor(name).dtype().toString(),
                "8-bit weights have scales, which a restored weight would not fit; save the model in 16 bits first");
    }

    /** Returns what to write, by the names of the tensors that are replaced. */
    public Map<String, TensorSource> tensors() {
        Map<String, TensorSource> tensors = new LinkedHashMap<>();
        products.forEach((name, product) -> tensors.put(name, sum(name, product)));
        return tensors;
    }

    /**
     * Returns which part of the products is left after rounding to the checkpoint's type, {@code ⟨round(W + BA) − W, BA⟩ / ‖BA‖²},
     * from some rows of each matrix; 1 if all products are zero. A number below half the spacing of its type is lost when it is
     * added.
     */
    public double keptShare() {
        double kept = 0;
        double whole = 0;
        for (Map.Entry<String, Supplier<List<Factors>>> entry : products.entrySet()) {
            WeightSum.Rounding rounding = sum(entry.getKey(), entry.getValue()).rounding();
            kept += rounding.kept();
            whole += rounding.whole();
        }
        return whole == 0 ? 1 : kept / whole;
    }

    private WeightSum sum(String name, Supplier<List<Factors>> product) {
        StoredTensor tensor = merged.tensor(name);
        return new WeightSum(tensor, product);
    }
}
