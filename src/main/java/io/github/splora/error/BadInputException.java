package io.github.splora.error;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when an input cannot be used: malformed, mismatched, quantized, unsupported or missing. The only exception for
 * everything a user can fix; the command line prints its {@link Problem}s, one per line, and exits with code 4. Any
 * other exception that escapes is a bug.
 */
public final class BadInputException extends RuntimeException {

    private final transient List<Problem> problems;

    /** A file of a million faults must not fill the terminal. */
    private static final int MOST = 100;

    /** @param problems at least one; all that were found, so that the user can fix them in one go */
    public BadInputException(List<Problem> problems) {
        super(first(problems).stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = first(problems);
    }

    /** Creates an exception for a single problem; see {@link Problem} for its parts. */
    public BadInputException(Path file, @Nullable String field, @Nullable Object value, String explanation) {
        this(List.of(new Problem(file.toString(), field, value == null ? null : Excerpt.ofValue(value), explanation)));
    }

    /** Creates an exception for a single problem with a cause. */
    public BadInputException(
            Path file, @Nullable String field, @Nullable Object value, String explanation, @Nullable Throwable cause) {
        this(file, field, value, explanation);
        initCause(cause);
    }

    public List<Problem> problems() {
        return problems;
    }

    /** Returns the first problems and, if there are more, their number. */
    private static List<Problem> first(List<Problem> problems) {
        if (problems.size() <= MOST) {
            return List.copyOf(problems);
        }
        List<Problem> first = new ArrayList<>(problems.subList(0, MOST));
        int rest = problems.size() - MOST;
        first.add(new Problem(problems.get(MOST).file(), null, null, "and " + Plural.grouped(rest, "more problem")));
        return List.copyOf(first);
    }
}
