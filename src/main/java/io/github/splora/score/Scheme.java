package io.github.splora.score;

/**
 * How measurements become scores.
 *
 * @param metric what the score is
 * @param reference what deltas are compared with; {@linkplain Metrics#onlyReference some metrics} take one alone
 * @param population what distances are judged against
 * @param estimators of the population's moments
 * @param energy share of ‖V‖² in the subspaces that {@code subspace} looks at, in (0, 1]
 * @param seed of what is drawn at random
 */
public record Scheme(
    Metrics metric, References reference, Populations population, Estimators estimators, double energy, long seed) {

  /** With everything else as the command line has it for default. */
  public static Scheme of(Metrics metric, References reference, Populations population) {
    return new Scheme(metric, metric.onlyReference().orElse(reference), population, Estimators.DEFAULT,
        References.Settings.DEFAULT.energy(), References.Settings.DEFAULT.seed());
  }

  /** What measures for it. Equal schemes but for metric and estimators can share one. */
  public Reference measured() {
    return reference.reference(settings());
  }

  /** Whether another scheme's measurements would do as well. */
  public boolean sharesMeasurementsWith(Scheme other) {
    return reference == other.reference && settings().equals(other.settings());
  }

  public Judging judging() {
    return new Judging(population.population(), estimators);
  }

  private References.Settings settings() {
    return new References.Settings(energy, population == Populations.NULL, seed);
  }
}
