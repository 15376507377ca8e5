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

/** Collects new factors as a walk brings them, already as small as they will lie in the adapter. */
final class CorrectedModules {

    private final Map<LoraModule, CorrectedFactors> ofModule = Collections.synchronizedMap(new IdentityHashMap<>());

    /** What a walk is to do for it. */
    CorrectionRequest by(CorrectionMethod method, Predicate<PairedModule> isWanted) {
        return new CorrectionRequest(method, isWanted, (module, deltas) -> {
            // Only deltas of low rank are corrected, and only LoRA modules have them.
            LoraModule lora = (LoraModule) module.tuned();
            List<Factors> factors =
                    deltas.stream().map(delta -> unscaled(delta, lora)).toList();
            ofModule.put(lora, CorrectedFactors.of(lora, factors));
        });
    }

    /** All of an adapter's that are there, by the names of its modules. */
    Map<String, CorrectedFactors> of(Adapter adapter) {
        return adapter.modules().stream()
                .filter(ofModule::containsKey)
                .collect(Collectors.toMap(LoraModule::name, ofModule::get));
    }

    /** Where the scaling is 0 the delta is, too, and any factors do. */
    private static Factors unscaled(LowRank delta, LoraModule module) {
        return new Factors(delta.a(), delta.b().scaledBy(module.scaling() == 0 ? 0 : 1 / module.scaling()));
    }
}
