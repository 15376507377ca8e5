package io.github.splora.score;

import io.github.splora.measure.Reference;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.statistics.Estimators;

/**
 * How measurements become scores.
 *
 * @param metric what the score is
 * @param reference what deltas are compared with; {@linkplain MetricKind#onlyReference some metrics} take one alone
 * @param population what distances are judged against
 * @param estimators of the population's moments
 * @param energy share of ‖V‖² in the subspaces that {@code subspace} looks at, in (0, 1]
 * @param seed of what is drawn at random
 */
public record Scheme(
        MetricKind metric,
        ReferenceKind reference,
        PopulationKind population,
        Estimators estimators,
        double energy,
        long seed) {

    /** With everything else as the command line has it for default. */
    public static Scheme of(MetricKind metric, ReferenceKind reference, PopulationKind population) {
        return new Scheme(
                metric,
                metric.onlyReference().orElse(reference),
                population,
                Estimators.DEFAULT,
                ReferenceKind.Settings.DEFAULT.energy(),
                ReferenceKind.Settings.DEFAULT.seed());
    }

    /** What measures for it. Equal schemes but for metric and estimators can share one. */
    public Reference measured() {
        return reference.reference(settings());
    }

    /** Whether another scheme's measurements would do as well. */
    public boolean sharesMeasurementsWith(Scheme other) {
        return reference == other.reference && settings().equals(other.settings());
    }

    public Standardization judging() {
        return new Standardization(population.population(), estimators);
    }

    private ReferenceKind.Settings settings() {
        return new ReferenceKind.Settings(energy, population == PopulationKind.NULL, seed);
    }
}
