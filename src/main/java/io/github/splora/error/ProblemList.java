package io.github.splora.error;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects problems. If many have the same cause, it reports only the first of them, with their number. */
public final class ProblemList {

    private static final int MAX_ALIKE = 3;

    /** @param many what is said after "6 of 24 modules" if there are many alike; null to give the first as an example */
    private record Entry(String kind, Problem problem, @Nullable String many) {}

    private final List<Entry> entries = new ArrayList<>();

    /** Adds a problem that is alike to those in the same file with the same explanation. */
    public void add(Problem problem) {
        add(problem.explanation(), problem);
    }

    /** Adds a problem that is alike to those in the same file of the same kind. */
    public void add(String kind, Problem problem) {
        entries.add(new Entry(problem.file() + '\n' + kind, problem, null));
    }

    /**
     * Adds a problem that is alike to those in the same file of the same kind.
     *
     * @param many says what is wrong with all of them, after their number: {@code do not fit}
     */
    public void add(String kind, Problem problem, String many) {
        entries.add(new Entry(problem.file() + '\n' + kind, problem, many));
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public int size() {
        return entries.size();
    }

    /**
     * Returns the problems in the order in which they were added.
     *
     * @param total the number of things checked
     * @param noun such a thing, in the singular
     */
    public List<Problem> toList(long total, String noun) {
        Map<String, Integer> counts = new HashMap<>();
        entries.forEach(entry -> counts.merge(entry.kind, 1, Integer::sum));
        Set<String> told = new HashSet<>();
        List<Problem> list = new ArrayList<>();
        for (Entry entry : entries) {
            int count = counts.getOrDefault(entry.kind, 0);
            if (count <= MAX_ALIKE) {
                list.add(entry.problem);
            } else if (told.add(entry.kind)) {
                String share = Plural.share(count, Math.max(count, total), noun);
                list.add(
                        entry.many == null
                                ? folded(entry.problem, share)
                                : new Problem(entry.problem.file(), null, null, share + " " + entry.many));
            }
        }
        return list;
    }

    private static Problem folded(Problem first, String share) {
        return new Problem(
                first.file(),
                share + (first.field() == null ? "" : ", for example " + first.field()),
                first.value(),
                first.explanation());
    }
}
