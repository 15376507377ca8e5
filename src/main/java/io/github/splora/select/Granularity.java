package io.github.splora.select;

/** What is selected as one. */
public enum Granularity {
    /** Each module on its own. */
    MODULE("module"),
    /** Projections that serving engines fuse into one (q, k, v; gate, up) together, by the mean of their scores. */
    FUSION("fusion"),
    /** All modules of a transformer block together, by the mean of their scores. */
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
