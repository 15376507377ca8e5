package io.github.splora.fleet;

/** What becomes of an adapter of a fleet, from best to worst. */
public enum FleetVerdict {
    ALLOW("allow"),
    REVIEW("review"),
    BLOCK("block"),
    /** It could not be judged, so it must not be served. */
    ERROR("error");

    private final String label;

    FleetVerdict(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
