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

/** How modules are scored. */
final class SchemeOptions {

    static final List<String> NAMES =
            List.of("--metric", "--reference", "--population", "--center", "--spread", "--energy", "--seed");

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            defaultValue = "e-diem",
            description = "What the score is: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    MetricKind metric;

    @Option(
            names = "--reference",
            paramLabel = "REF",
            description =
                    "What a delta is compared with: ${COMPLETION-CANDIDATES}. Default: alignment; subspace for the metric"
                            + " overlap.")
    private @Nullable ReferenceKind reference;

    @Option(
            names = "--population",
            paramLabel = "POP",
            defaultValue = "type",
            description = "What a distance is judged against: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    PopulationKind population;

    @Option(
            names = {"--center", "--centre"},
            paramLabel = "C",
            defaultValue = "mean",
            description = "How the expected distance of a population is estimated: ${COMPLETION-CANDIDATES}. Default:"
                    + " ${DEFAULT-VALUE}.")
    private Center center;

    @Option(
            names = "--spread",
            paramLabel = "S",
            defaultValue = "iqr",
            description = "How its spread is: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Spread spread;

    @Option(
            names = "--energy",
            paramLabel = "E",
            defaultValue = "0.9",
            description =
                    "Share of V's squared norm in the dominant subspaces that the reference subspace looks at. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double energy;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Of what is drawn at random (for subspaces, and for the population null under safelora). Default:"
                            + " ${DEFAULT-VALUE}.")
    private long seed;

    /** The user's reference, else the one that fits the metric. */
    ReferenceKind reference() {
        return reference != null ? reference : metric.onlyReference().orElse(ReferenceKind.ALIGNMENT);
    }

    /** All that makes a score what it is. */
    Scheme scheme() {
        return new Scheme(metric, reference(), population, new Estimators(center, spread), energy, seed);
    }

    /** What is wrong with the choices, in a sentence; nothing if all fit together. */
    Optional<String> contradiction() {
        Optional<ReferenceKind> only = metric.onlyReference();
        if (only.isPresent() && reference() != only.get()) {
            return Optional.of(
                    "--metric " + metric + " requires --reference " + only.get() + " (got " + reference() + ")");
        }
        if (!(energy > 0 && energy <= 1)) {
            return Optional.of("--energy " + energy + ": a number above 0, up to 1, is expected");
        }
        return Optional.empty();
    }
}
