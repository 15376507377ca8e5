package io.github.splora.adapter;

import java.util.Map;

/**
 * Projections that serving engines fuse: attention's q, k and v into one matrix, and a gated MLP's gate and up into
 * another.
 */
public final class Fusion {

    public static final String QKV = "qkv_proj";
    public static final String GATE_UP = "gate_up_proj";

    private static final Map<String, String> FUSED =
            Map.of("q_proj", QKV, "k_proj", QKV, "v_proj", QKV, "gate_proj", GATE_UP, "up_proj", GATE_UP);

    private Fusion() {}

    /**
     * Returns the name of the fused matrix that contains a module, such as {@code model.layers.0.self_attn.qkv_proj}
     * for that attention's q_proj; the module's own name if it is not fused.
     */
    public static String of(String moduleName) {
        int type = moduleName.lastIndexOf('.') + 1;
        String own = moduleName.substring(type);
        return moduleName.substring(0, type) + FUSED.getOrDefault(own, own);
    }
}
