package io.github.splora.surgery;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorSource;
import java.util.List;

/**
 * A module's new factors, with the names and shapes of the old ones and rounded to their types.
 *
 * @param a replaces A
 * @param b replaces B
 */
public record CorrectedFactors(TensorSource a, TensorSource b) {

    /**
     * Rounds and lays out factors.
     *
     * @param factors unscaled factors of each matrix, with the module's rank
     * @throws io.github.splora.error.BadInputException if a value does not fit into the type
     */
    public static CorrectedFactors of(LoraModule module, List<Factors> factors) {
        return new CorrectedFactors(
                tensor(module.loraA(), module.kind().valuesOfA(factors)),
                tensor(module.loraB(), module.kind().valuesOfB(factors)));
    }

    private static TensorSource tensor(StoredTensor old, double[] values) {
        return EncodedTensor.of(old, values);
    }
}
