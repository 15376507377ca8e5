package io.github.splora.error;

import java.nio.file.Path;
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

    /** @param problems at least one; all that were found, so that the user can fix them in one go */
    public BadInputException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** Creates an exception for a single problem; see {@link Problem} for its parts. */
    public BadInputException(Path file, @Nullable String field, @Nullable Object value, String explanation) {
        this(List.of(new Problem(file.toString(), field, value == null ? null : value.toString(), explanation)));
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
}
