package io.github.splora.score;

import io.github.splora.measure.Measurement;
import java.util.List;

/**
 * Turns measurements into scores, higher = more misaligned. An implementation is one file, made known in
 * {@link MetricKind}.
 */
public interface Metric {

    /**
     * Scores modules that can be compared.
     *
     * @param comparable measurements with a comparison; may be empty
     * @param judging what each is judged against, for metrics that standardise
     * @return one score for each, in the same order
     */
    List<ModuleScore> score(List<Measurement> comparable, Standardization judging);
}
