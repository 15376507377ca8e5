package io.github.splora.select;

/** The unit of selection. */
public enum Granularity {
    /** Single modules. */
    MODULE("module"),
    /** Projections that serving engines fuse into one (q, k, v; gate, up); the score is the mean of their scores. */
    FUSION("fusion"),
    /** All modules of a transformer block; the score is the mean of their scores. */
    BLOCK("block");

    private final String label;

    Granularity(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
