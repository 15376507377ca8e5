package io.github.splora.run;

import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.VerdictCounts;

/**
 * The outcome of a run over many adapters.
 *
 * @param adapters number of adapters
 * @param skipped how many of them had a verdict already
 * @param verdicts number of adapters with each verdict, those skipped included
 */
public record FleetSummary(int adapters, int skipped, VerdictCounts verdicts) {

    /** Returns how many adapters have a verdict. */
    public int count(FleetVerdict verdict) {
        return verdicts.of(verdict);
    }

    /** Whether every adapter is allowed. */
    public boolean isAllAllowed() {
        return count(FleetVerdict.ALLOW) == adapters;
    }
}
