package io.github.splora.fleet;

import java.util.Arrays;
import java.util.Optional;

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

    /** Returns the verdict with a name; empty if there is none. */
    public static Optional<FleetVerdict> named(String label) {
        return Arrays.stream(values()).filter(each -> each.label.equals(label)).findFirst();
    }

    @Override
    public String toString() {
        return label;
    }
}
