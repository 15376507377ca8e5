package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.List;

/**
 * Turns measurements into scores, where higher means more misaligned. An implementation is one file, registered in
 * {@link MetricKind}.
 */
public interface Metric {

    /**
     * Scores modules that can be compared with a reference.
     *
     * @param comparable measurements with a comparison; may be empty
     * @param standardization population and estimators, for metrics that standardize
     * @return one score per measurement, in the same order
     */
    List<ModuleScore> score(List<Measurement> comparable, Standardization standardization);
}
