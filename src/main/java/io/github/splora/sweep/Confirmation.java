package io.github.splora.sweep;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a sweep's best candidate does on held-back prompts: the figures of a command that took no part in choosing it.
 *
 * @param command the command
 * @param figures the best candidate's figures
 * @param unchanged the unchanged adapter's figures
 * @param seconds how long the evaluations took
 * @param unmet conditions that these figures do not meet; empty if the candidate is confirmed
 */
public record Confirmation(
        String command, Map<String, Double> figures, Map<String, Double> unchanged, double seconds, List<Unmet> unmet) {

    /**
     * A condition that is not met.
     *
     * @param condition the condition, in words
     * @param figure name of the figure that it limits
     */
    public record Unmet(String condition, String figure) {}

    /** Whether the figures meet every condition. */
    public boolean passes() {
        return unmet.isEmpty();
    }

    boolean isWhole() {
        return command != null
                && areWhole(figures)
                && areWhole(unchanged)
                && unmet != null
                && unmet.stream()
                        .allMatch(each -> each != null
                                && each.condition() != null
                                && each.figure() != null
                                && figures.containsKey(each.figure())
                                && unchanged.containsKey(each.figure()));
    }

    private static boolean areWhole(@Nullable Map<String, Double> figures) {
        return figures != null
                && figures.values().stream().allMatch(figure -> figure != null && Double.isFinite(figure));
    }
}
