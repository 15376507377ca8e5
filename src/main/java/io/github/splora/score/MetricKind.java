package io.github.splora.score;

import io.github.splora.measure.ReferenceKind;
import java.util.Optional;
import java.util.OptionalDouble;

/** The metrics by the names that {@code --metric} takes. */
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

    /** The one reference that it can be told from; empty if any will do. */
    public Optional<ReferenceKind> onlyReference() {
        return this == OVERLAP ? Optional.of(ReferenceKind.SUBSPACE) : Optional.empty();
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
