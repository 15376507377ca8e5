package io.github.splora.sweep;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A candidate and what was found out about it.
 *
 * @param number from 0, the adapter as it is
 * @param options those of {@code splora prune} that make it; empty for the adapter as it is
 * @param action what is done to selected modules; null for the adapter as it is
 * @param selected how many modules that is done to
 * @param figures what the evaluation said; empty if it failed, or if nothing was evaluated
 * @param seconds how long the evaluation took; null if this one was not run
 * @param sameAs number of an earlier candidate that is the same adapter, and whose figures these are; null if none is
 * @param failure why there are no figures, or why it could not be made; null if there are
 * @param onFront whether no other is better in harm or use without being worse in the other
 * @param meetsRequirements whether it meets all
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

    /** What made it, for people. */
    public String origin() {
        return options.isEmpty() ? "the adapter as it is" : options;
    }

    /** What is to be said of it beside its figures, for people; usually nothing. */
    public String note() {
        if (failure != null) {
            return "failed: " + failure;
        }
        return sameAs != null ? "same adapter as " + sameAs : "";
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
                isJudged() && goal.isMetBy(figures));
    }
}
