package io.github.splora.score;

import io.github.splora.measure.ReferenceKind;
import java.util.Optional;
import java.util.OptionalDouble;

/** The metrics, as named by {@code --metric}. */
public enum MetricKind {
    E_DIEM("e-diem", new EDiem(), OptionalDouble.of(EDiem.PRUNE_ABOVE)),
    COSINE("cosine", new CosineMetric(), OptionalDouble.empty()),
    FROBENIUS("frobenius", new FrobeniusMetric(), OptionalDouble.empty()),
    OVERLAP("overlap", new OverlapMetric(), OptionalDouble.empty());

    private final String label;
    private final Metric metric;
    private final OptionalDouble defaultThreshold;

    MetricKind(String label, Metric metric, OptionalDouble defaultThreshold) {
        this.label = label;
        this.metric = metric;
        this.defaultThreshold = defaultThreshold;
    }

    public Metric metric() {
        return metric;
    }

    /** Returns the only reference that this metric supports; empty if it supports all of them. */
    public Optional<ReferenceKind> onlyReference() {
        return this == OVERLAP ? Optional.of(ReferenceKind.SUBSPACE) : Optional.empty();
    }

    /**
     * Returns the score above which modules are pruned if the user gives no rule; empty if no single threshold suits
     * every adapter.
     */
    public OptionalDouble defaultThreshold() {
        return defaultThreshold;
    }

    @Override
    public String toString() {
        return label;
    }
}
