package io.github.splora.adapter;

import java.util.Collection;
import java.util.List;

/** The projections of attention layers, by the names that model families give them. */
public final class AttentionLayers {

    private static final List<String> PROJECTIONS = List.of(
            "q_proj", "k_proj", "v_proj", "o_proj", "qkv_proj", "out_proj", "query", "key", "value", "query_key_value");

    private AttentionLayers() {}

    /** Whether every one of these projection types belongs to attention layers. */
    public static boolean haveAll(Collection<String> types) {
        return PROJECTIONS.containsAll(types);
    }

    /** Whether every module of an adapter belongs to an attention layer. */
    public static boolean haveAllModulesOf(Adapter adapter) {
        return haveAll(
                adapter.modules().stream().map(LoraModule::type).distinct().toList());
    }
}
