package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.correct.CorrectionMethod;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.delta.LowRank;
import io.github.splora.pairing.PairedModule;
import io.github.splora.surgery.CorrectedFactors;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Collects corrected factors during a walk, in the adapter's data type to save memory. */
final class CorrectedModules {

    private final Map<LoraModule, CorrectedFactors> ofModule = Collections.synchronizedMap(new IdentityHashMap<>());

    /** Returns the request that makes a walk compute corrected factors and add them here. */
    CorrectionRequest by(CorrectionMethod method, Predicate<PairedModule> isWanted) {
        return new CorrectionRequest(method, isWanted, (module, deltas) -> {
            // Only deltas of low rank are corrected, and only LoRA modules have them.
            LoraModule lora = (LoraModule) module.tuned();
            List<Factors> factors =
                    deltas.stream().map(delta -> unscaled(delta, lora)).toList();
            ofModule.put(lora, CorrectedFactors.of(lora, factors));
        });
    }

    /** Returns the corrected factors of an adapter's modules, by module name. Modules without any are left out. */
    Map<String, CorrectedFactors> of(Adapter adapter) {
        return adapter.modules().stream()
                .filter(ofModule::containsKey)
                .collect(Collectors.toMap(LoraModule::name, ofModule::get));
    }

    /** Divides the scaling out of a delta. If the scaling is 0, so is the delta, and any factors are right. */
    private static Factors unscaled(LowRank delta, LoraModule module) {
        return new Factors(delta.a(), delta.b().scaledBy(module.scaling() == 0 ? 0 : 1 / module.scaling()));
    }
}
