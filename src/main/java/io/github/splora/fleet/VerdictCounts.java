package io.github.splora.fleet;

import io.github.splora.error.Plural;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many adapters have each verdict.
 *
 * @param verdicts a number for every verdict, from best to worst
 */
public record VerdictCounts(Map<FleetVerdict, Integer> verdicts) {

    /** Verdicts without a number have none. */
    public VerdictCounts {
        Map<FleetVerdict, Integer> all = new EnumMap<>(FleetVerdict.class);
        for (FleetVerdict each : FleetVerdict.values()) {
            all.put(each, verdicts.getOrDefault(each, 0));
        }
        verdicts = Collections.unmodifiableMap(all);
    }

    /** Returns how many adapters have a verdict. */
    public int of(FleetVerdict verdict) {
        return verdicts.getOrDefault(verdict, 0);
    }

    /** Returns the numbers by the names of the verdicts. */
    public Map<String, Integer> byName() {
        Map<String, Integer> named = new LinkedHashMap<>();
        verdicts.forEach((verdict, count) -> named.put(verdict.toString(), count));
        return named;
    }

    /**
     * Returns a sentence without a period.
     *
     * @param adapters number of all adapters
     */
    public String sentence(int adapters) {
        return Plural.grouped(adapters, "adapter") + ": " + of(FleetVerdict.ALLOW) + " allowed, "
                + of(FleetVerdict.REVIEW) + " to review, " + of(FleetVerdict.BLOCK) + " blocked, "
                + of(FleetVerdict.ERROR) + " not judged";
    }
}
