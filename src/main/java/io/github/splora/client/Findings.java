package io.github.splora.client;

import io.github.splora.error.Problem;
import java.util.List;

/** What several rules have found. */
final class Findings {

    private Findings() {}

    /** All of them, in the order of the rules. */
    static List<Problem> of(List<List<Problem>> rules) {
        return rules.stream().flatMap(List::stream).toList();
    }

    /** What a sentence that names one of {@code count} things says of the others; "" for one. */
    static String andOthers(int count) {
        return count == 1 ? "" : " (" + (count - 1) + " more like it)";
    }
}
