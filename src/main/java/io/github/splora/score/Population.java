package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.statistics.Estimators;
import java.util.List;
import java.util.Map;

/** What a module's distance is judged against. An implementation is one file, made known in {@link PopulationKind}. */
public interface Population {

    /**
     * The centre and spread for each module.
     *
     * @param comparable at least one measurement, all of them comparable
     * @param estimators how they are estimated
     * @return one entry for each
     */
    Map<Measurement, Moments> moments(List<Measurement> comparable, Estimators estimators);
}
