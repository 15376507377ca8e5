package io.github.splora.cli;

import io.github.splora.measure.ReferenceKind;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.statistics.Center;
import io.github.splora.statistics.Estimators;
import io.github.splora.statistics.Spread;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how modules are scored. */
final class SchemeOptions {

    static final List<String> NAMES =
            List.of("--metric", "--reference", "--population", "--center", "--spread", "--energy", "--seed");

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            defaultValue = "e-diem",
            description = "Score to compute: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    MetricKind metric;

    @Option(
            names = "--reference",
            paramLabel = "REF",
            description =
                    "Reference that each delta is compared with: ${COMPLETION-CANDIDATES}. Default: alignment; subspace"
                            + " for --metric overlap.")
    private @Nullable ReferenceKind reference;

    @Option(
            names = "--population",
            paramLabel = "POP",
            defaultValue = "type",
            description = "Population that each distance is compared with: type (modules of the same projection type"
                    + " and shape), all (all modules), null (random directions). Default: ${DEFAULT-VALUE}.")
    PopulationKind population;

    @Option(
            names = {"--center", "--centre"},
            paramLabel = "C",
            defaultValue = "mean",
            description = "Estimator of a population's expected distance: ${COMPLETION-CANDIDATES}. Default:"
                    + " ${DEFAULT-VALUE}.")
    private Center center;

    @Option(
            names = "--spread",
            paramLabel = "S",
            defaultValue = "iqr",
            description = "Estimator of a population's spread: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Spread spread;

    @Option(
            names = "--energy",
            paramLabel = "E",
            converter = ShareConverter.class,
            defaultValue = "0.9",
            description = "For --reference subspace: share of the alignment delta's squared norm that the dominant"
                    + " subspaces hold. Default: ${DEFAULT-VALUE}.")
    private double energy;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Random seed, used for subspaces and for --population null with --reference safelora."
                    + " Default: ${DEFAULT-VALUE}.")
    private long seed;

    /** Returns the user's reference, or else the default for the metric. */
    ReferenceKind reference() {
        return reference != null ? reference : metric.onlyReference().orElse(ReferenceKind.ALIGNMENT);
    }

    /** Returns the options that determine a score. */
    Scheme scheme() {
        return new Scheme(metric, reference(), population, new Estimators(center, spread), energy, seed);
    }

    /** Returns a sentence that says what is wrong with the options; empty if nothing is. */
    Optional<String> contradiction() {
        Optional<ReferenceKind> only = metric.onlyReference();
        if (only.isPresent() && reference() != only.get()) {
            return Optional.of(
                    "--metric " + metric + " requires --reference " + only.get() + " (got " + reference() + ")");
        }
        if (!(energy > 0 && energy <= 1)) {
            return Optional.of("--energy " + energy + ": must be above 0 and at most 1");
        }
        return Optional.empty();
    }
}
