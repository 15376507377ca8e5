package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.surgery.Rewrite;
import java.util.HashMap;
import java.util.Map;

/**
 * What a correction made of a module.
 *
 * @param rank its new rank
 * @param norm norm of its new delta, before rounding to the adapter's data type
 */
record Corrected(long rank, double norm) {

    /**
     * Returns what became of corrected modules, by their names.
     *
     * @param norms norms of their new deltas, by their names
     */
    static Map<String, Corrected> of(Adapter adapter, Rewrite rewrite, Map<String, Double> norms) {
        AdapterConfig config = rewrite.config().map(adapter.config()::with).orElse(adapter.config());
        Map<String, Corrected> modules = new HashMap<>();
        norms.forEach((name, norm) -> modules.put(name, new Corrected(config.rankOf(name), norm)));
        return modules;
    }
}
