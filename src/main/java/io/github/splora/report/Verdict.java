package io.github.splora.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gates of a run decided.
 *
 * @param passed whether every gate passed
 * @param gates the user's conditions, then the gates that every run with a condition has, if they failed
 */
public record Verdict(boolean passed, List<Gate> gates) {

    /** Names that a message lists before it only counts. */
    static final int MOST_NAMES = 3;

    /**
     * One gate.
     *
     * @param gate the condition, such as {@code max-score>0.02}, or the name of a gate that every gated run has: {@code unscored},
     *     {@code not-loaded} or {@code not-judged}
     * @param passed whether it passed
     * @param value the figure that the condition is about; null if it is undefined
     * @param modules the modules, tensors or adapters because of which it failed; empty if it passed
     * @param message the result in one line, without control characters
     */
    public record Gate(String gate, boolean passed, @Nullable Double value, List<String> modules, String message) {

        boolean isWhole() {
            return gate != null && modules != null && message != null;
        }

        boolean isFinite() {
            return Finite.all(value);
        }
    }

    /** Returns the verdict on all gates. */
    public static Verdict of(List<Gate> gates) {
        return new Verdict(gates.stream().allMatch(Gate::passed), List.copyOf(gates));
    }

    /** Returns the failed gates. */
    public List<Gate> failures() {
        return gates.stream().filter(gate -> !gate.passed()).toList();
    }

    /** Returns the first few names, and how many more there are. */
    public static String names(List<String> all) {
        String first = String.join(", ", all.subList(0, Math.min(MOST_NAMES, all.size())));
        return all.size() <= MOST_NAMES ? first : first + " and " + (all.size() - MOST_NAMES) + " more";
    }

    boolean isWhole() {
        return gates != null && gates.stream().allMatch(gate -> gate != null && gate.isWhole());
    }
}
