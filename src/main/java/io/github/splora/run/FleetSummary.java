package io.github.splora.run;

import io.github.splora.fleet.FleetVerdict;
import java.util.EnumMap;
import java.util.Map;

/**
 * The outcome of a run over many adapters.
 *
 * @param adapters number of adapters
 * @param skipped how many of them had a verdict already
 * @param verdicts number of adapters with each verdict, those skipped included
 */
public record FleetSummary(int adapters, int skipped, Map<FleetVerdict, Integer> verdicts) {

    public FleetSummary {
        Map<FleetVerdict, Integer> all = new EnumMap<>(FleetVerdict.class);
        for (FleetVerdict each : FleetVerdict.values()) {
            all.put(each, verdicts.getOrDefault(each, 0));
        }
        verdicts = Map.copyOf(all);
    }

    /** Returns how many adapters have a verdict. */
    public int count(FleetVerdict verdict) {
        return verdicts.getOrDefault(verdict, 0);
    }

    /** Whether every adapter is allowed. */
    public boolean isAllAllowed() {
        return count(FleetVerdict.ALLOW) == adapters;
    }
}
