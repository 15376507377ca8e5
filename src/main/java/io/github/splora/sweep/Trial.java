package io.github.splora.sweep;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A candidate and its evaluation.
 *
 * @param number the candidate's number; 0 is the unchanged adapter
 * @param options the options of {@code splora prune} that make it; empty for the unchanged adapter
 * @param action the action on selected modules; null for the unchanged adapter
 * @param selected number of selected modules
 * @param figures the figures from the evaluation; empty if it failed, or if nothing was evaluated
 * @param seconds how long the evaluation took; null if none was run for this candidate
 * @param sameAs number of an earlier candidate with the same adapter, whose figures these are; null if there is none
 * @param failure why the candidate could not be made or evaluated; null if there was no failure
 * @param onFront whether no other candidate is at least as good in harm and usefulness, and better in one of them
 * @param meetsRequirements whether it meets all requirements
 */
public record Trial(
        int number,
        String options,
        @Nullable String action,
        int selected,
        Map<String, Double> figures,
        @Nullable Double seconds,
        @Nullable Integer sameAs,
        @Nullable String failure,
        boolean onFront,
        boolean meetsRequirements) {

    /** Returns the same with another duration, if it was evaluated. */
    public Trial taking(UnaryOperator<Double> duration) {
        return new Trial(
                number,
                options,
                action,
                selected,
                figures,
                seconds == null ? null : duration.apply(seconds),
                sameAs,
                failure,
                onFront,
                meetsRequirements);
    }

    /** Returns the candidate's options, or a description of the unchanged adapter. */
    public String origin() {
        return options.isEmpty() ? "the unchanged adapter" : options;
    }

    /** Returns a remark for the table, usually empty. */
    public String note() {
        if (failure != null) {
            return "failed: " + failure;
        }
        return sameAs != null ? "same adapter as " + sameAs : "";
    }

    /** Whether a document had all required fields, with finite figures. */
    boolean isWhole() {
        return options != null
                && figures != null
                && figures.entrySet().stream()
                        .allMatch(figure -> figure.getKey() != null
                                && figure.getValue() != null
                                && Double.isFinite(figure.getValue()));
    }

    boolean isJudged() {
        return failure == null && !figures.isEmpty();
    }

    private Trial judged(boolean isOnFront, boolean isMeeting) {
        return new Trial(number, options, action, selected, figures, seconds, sameAs, failure, isOnFront, isMeeting);
    }

    Trial judged(Goal goal, List<Trial> all) {
        return judged(
                isJudged()
                        && all.stream()
                                .filter(Trial::isJudged)
                                .noneMatch(other -> goal.dominates(other.figures(), figures)),
                isJudged() && goal.isMetBy(figures, all.get(0).figures()));
    }
}
