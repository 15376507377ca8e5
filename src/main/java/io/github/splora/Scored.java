package io.github.splora;

import io.github.splora.report.RunReport;
import io.github.splora.score.Metrics;
import io.github.splora.score.ModuleScore;
import java.util.List;

/**
 * Scores and how they came about, whether just now or from a file.
 *
 * @param scores one for each module of the adapter, in its order
 * @param basis what they were made with
 * @param engine what did the arithmetic
 * @param seconds how long that took; 0 if it was done by an earlier run
 * @param checkpointBytes bytes of the weights that were compared
 */
record Scored(
    List<ModuleScore> scores, Basis basis, RunReport.Engine engine, double seconds, long checkpointBytes) {

  /** The options that decide what a score is, by their names. */
  record Basis(
      Metrics metric, String reference, String population, List<String> include, List<String> exclude) {

    static Basis of(ScoreOptions options) {
      return new Basis(options.metric(), options.reference().toString(), options.population().toString(),
          options.include(), options.exclude());
    }
  }
}
