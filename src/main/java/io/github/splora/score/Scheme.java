package io.github.splora.score;

import io.github.splora.measure.Reference;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.ReferenceSettings;
import io.github.splora.statistics.Estimators;

/**
 * The settings that turn measurements into scores.
 *
 * @param metric the metric that computes the score
 * @param reference what deltas are compared with; {@linkplain MetricKind#onlyReference some metrics} support only one
 * @param population what distances are compared with
 * @param estimators estimators of the population's center and spread
 * @param energy share of ‖V‖² in the subspaces that the reference {@code subspace} uses, in (0, 1]
 * @param seed random seed
 */
public record Scheme(
        MetricKind metric,
        ReferenceKind reference,
        PopulationKind population,
        Estimators estimators,
        double energy,
        long seed) {

    /** Returns a scheme with the command line's defaults for everything else. */
    public static Scheme of(MetricKind metric, ReferenceKind reference, PopulationKind population) {
        return new Scheme(
                metric,
                metric.onlyReference().orElse(reference),
                population,
                Estimators.DEFAULT,
                ReferenceSettings.DEFAULT.energy(),
                ReferenceSettings.DEFAULT.seed());
    }

    /** Returns the reference to measure with. Schemes that differ only in metric and estimators can share it. */
    public Reference measured() {
        return reference.reference(settings());
    }

    /** Whether measurements made for the other scheme can be used for this one. */
    public boolean sharesMeasurementsWith(Scheme other) {
        return reference == other.reference && settings().equals(other.settings());
    }

    public Standardization standardization() {
        return new Standardization(population.population(), estimators);
    }

    private ReferenceSettings settings() {
        return new ReferenceSettings(energy, population == PopulationKind.NULL, seed);
    }
}
