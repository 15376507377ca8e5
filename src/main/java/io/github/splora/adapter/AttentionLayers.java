package io.github.splora.adapter;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Tells the projections of attention layers from others, by the names that model families give them. */
public final class AttentionLayers {

    private static final List<String> PROJECTIONS = List.of(
            "q_proj",
            "k_proj",
            "v_proj",
            "o_proj",
            "qkv_proj",
            "out_proj",
            "query",
            "key",
            "value",
            "query_key_value",
            "c_attn");

    private AttentionLayers() {}

    /**
     * Whether a module is a projection of an attention layer. Where a projection's own name leaves that open ({@code c_proj},
     * {@code dense}), the layer that holds it decides: {@code h.0.attn.c_proj}, but not {@code h.0.mlp.c_proj}.
     */
    public static boolean hold(String moduleName) {
        String[] path = moduleName.toLowerCase(Locale.ROOT).split("\\.");
        return PROJECTIONS.contains(path[path.length - 1])
                || Arrays.stream(path, 0, path.length - 1)
                        .anyMatch(layer -> layer.endsWith("attn") || layer.endsWith("attention"));
    }
}
