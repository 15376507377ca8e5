package io.github.splora.score;

import java.util.OptionalDouble;

/** The metrics by the names that {@code --metric} takes. */
public enum Metrics {
  E_DIEM("e-diem", new EDiem(), OptionalDouble.of(EDiem.PRUNE_ABOVE)),
  COSINE("cosine", new CosineMetric(), OptionalDouble.empty()),
  FROBENIUS("frobenius", new FrobeniusMetric(), OptionalDouble.empty());

  private final String label;
  private final Metric metric;
  private final OptionalDouble defaultThreshold;

  Metrics(String label, Metric metric, OptionalDouble defaultThreshold) {
    this.label = label;
    this.metric = metric;
    this.defaultThreshold = defaultThreshold;
  }

  public Metric metric() {
    return metric;
  }

  /** Above which score modules are pruned when the user gives no rule; empty where no figure would be right for all. */
  public OptionalDouble defaultThreshold() {
    return defaultThreshold;
  }

  @Override
  public String toString() {
    return label;
  }
}
