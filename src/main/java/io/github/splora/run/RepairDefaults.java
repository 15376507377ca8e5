package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AttentionLayers;
import io.github.splora.adapter.LoraModule;

/**
 * What {@code auto} is for an adapter. Adapters of low rank, and adapters on attention layers only, need a higher exponent to keep
 * their task; docs/safety-study.md says how the values were chosen. Ranks 8, 16 and 32 were tried. The limits lie between them, and
 * ranks beyond them get the values of the nearest.
 *
 * @param gainExponent the exponent of the gain
 * @param restoresLinear whether linear layers that the adapter leaves alone are restored too, where that is possible
 */
record RepairDefaults(double gainExponent, boolean restoresLinear) {

    private static final int LOW_RANK_BELOW = 12;
    private static final int HIGH_RANK_FROM = 24;

    static RepairDefaults of(Adapter adapter) {
        boolean isAttentionOnly =
                adapter.modules().stream().map(LoraModule::name).allMatch(AttentionLayers::hold);
        double exponent = isAttentionOnly ? 2 : 1.5;
        long rank = medianRank(adapter);
        if (rank < LOW_RANK_BELOW) {
            exponent += 0.5;
        } else if (rank >= HIGH_RANK_FROM) {
            exponent -= 0.5;
        }
        return new RepairDefaults(exponent, isAttentionOnly);
    }

    /** Returns the lower median of the modules' ranks. */
    private static long medianRank(Adapter adapter) {
        long[] ranks =
                adapter.modules().stream().mapToLong(LoraModule::rank).sorted().toArray();
        return ranks[(ranks.length - 1) / 2];
    }
}
