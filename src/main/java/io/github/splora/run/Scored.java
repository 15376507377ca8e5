package io.github.splora.run;

import io.github.splora.measure.ReferenceKind;
import io.github.splora.report.RunReport;
import io.github.splora.score.MetricKind;
import io.github.splora.score.ModuleScore;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores and how they came about, whether just now or from a file.
 *
 * @param scores one for each module of the adapter, in its order
 * @param basis what they were made with
 * @param engine what did the arithmetic
 * @param seconds how long that took; 0 if it was done by an earlier run
 * @param checkpointBytes bytes of the weights that were compared
 */
record Scored(List<ModuleScore> scores, Basis basis, RunReport.Engine engine, double seconds, long checkpointBytes) {

    /** The options that decide what a score is, by their names; null where one has no bearing on it. */
    record Basis(
            MetricKind metric,
            String reference,
            String population,
            String center,
            String spread,
            @Nullable Double energy,
            @Nullable Long seed,
            List<String> include,
            List<String> exclude) {

        static Basis of(Scheme scheme, ScoreOptions options) {
            boolean isSubspace = scheme.reference() == ReferenceKind.SUBSPACE;
            boolean isRandom = isSubspace
                    || (scheme.reference() == ReferenceKind.SAFELORA && scheme.population() == PopulationKind.NULL);
            return new Basis(
                    scheme.metric(),
                    scheme.reference().toString(),
                    scheme.population().toString(),
                    scheme.estimators().center().toString(),
                    scheme.estimators().spread().toString(),
                    isSubspace ? scheme.energy() : null,
                    isRandom ? scheme.seed() : null,
                    options.include(),
                    options.exclude());
        }

        boolean isSubspace() {
            return ReferenceKind.SUBSPACE.toString().equals(reference);
        }
    }
}
