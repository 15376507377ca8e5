package io.github.splora.score;

import io.github.splora.measure.Measurement;
import io.github.splora.statistics.Estimators;
import java.util.List;
import java.util.Map;

/** What a module's distance is compared with. An implementation is one file, registered in {@link PopulationKind}. */
public interface Population {

    /**
     * Returns the center and the spread of each module's population.
     *
     * @param comparable at least one measurement, all of them comparable
     * @param estimators the estimators of center and spread
     * @return one entry per measurement
     */
    Map<Measurement, Moments> moments(List<Measurement> comparable, Estimators estimators);
}
