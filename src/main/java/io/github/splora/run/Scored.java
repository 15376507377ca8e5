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
 * Scores and how they were computed, by this run or an earlier one.
 *
 * @param scores one score for each module of the adapter, in its order
 * @param basis the options that they were computed with
 * @param engine the implementation that computed them
 * @param seconds how long that took; 0 if an earlier run did it
 * @param checkpointBytes size of the compared weights
 */
record Scored(List<ModuleScore> scores, Basis basis, RunReport.Engine engine, double seconds, long checkpointBytes) {

    /** The names of the options that determine a score; null for an option without effect. */
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
