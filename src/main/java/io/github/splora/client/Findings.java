package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/** Combines the findings of several rules. */
final class Findings {

    private Findings() {}

    /** Returns all problems, in the order of the rules. */
    static List<Problem> of(List<List<Problem>> rules) {
        return rules.stream().flatMap(List::stream).toList();
    }

    /**
     * Returns the addition for the others to a message that names the first of {@code count} items; "" for one item.
     */
    static String andOthers(int count) {
        return count == 1 ? "" : " (and " + (count - 1) + " more)";
    }
}
