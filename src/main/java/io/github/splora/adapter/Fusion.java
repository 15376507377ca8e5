package io.github.splora.adapter;

import java.util.Map;

/**
 * Projections that serving engines compute as one: they keep q, k and v of an attention as a single matrix, and gate
 * and up of a gated MLP as another.
 */
public final class Fusion {

    public static final String QKV = "qkv_proj";
    public static final String GATE_UP = "gate_up_proj";

    private static final Map<String, String> FUSED =
            Map.of("q_proj", QKV, "k_proj", QKV, "v_proj", QKV, "gate_proj", GATE_UP, "up_proj", GATE_UP);

    private Fusion() {}

    /**
     * The name of the matrix that a module is part of: {@code model.layers.0.self_attn.qkv_proj} for its q_proj. The
     * module's own name where it is not fused with others.
     */
    public static String of(String moduleName) {
        int type = moduleName.lastIndexOf('.') + 1;
        String own = moduleName.substring(type);
        return moduleName.substring(0, type) + FUSED.getOrDefault(own, own);
    }
}
