package io.github.splora.pairing;

import io.github.splora.checkpoint.Checkpoint;
import java.util.Map;
import java.util.Optional;

/** Layers that some models build as one layer ({@code qkv_proj}, as Phi-3 does) and others as several. */
final class FusedLayers {

    private static final Map<String, String> FUSED = Map.of(
            "q_proj", "qkv_proj",
            "k_proj", "qkv_proj",
            "v_proj", "qkv_proj",
            "gate_proj", "gate_up_proj",
            "up_proj", "gate_up_proj");

    private FusedLayers() {}

    /** Returns what to say about a module without a weight whose layer is part of a fused one; empty if it is not. */
    static String advice(String module, Checkpoint checkpoint) {
        int dot = module.lastIndexOf('.') + 1;
        return Optional.ofNullable(FUSED.get(module.substring(dot)))
                .filter(fused -> checkpoint.contains(module.substring(0, dot) + fused + ".weight"))
                .map(fused -> "; the model has a fused '" + fused
                        + "' layer instead, and PEFT would not load this module"
                        + " into it: use a checkpoint whose layers are separate, or train the adapter on this model")
                .orElse("");
    }
}
