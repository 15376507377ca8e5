package io.github.splora.error;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An input that cannot be used: malformed, mismatched, quantised, unsupported, or simply not there. The one exception
 * for everything a user can put right; the command line turns it into its {@link Problem}s, a line each, and exit
 * code 4. Anything else that escapes is a defect of the program.
 */
public final class BadInputException extends RuntimeException {

    private final transient List<Problem> problems;

    /** @param problems at least one; all that were found, so that the user mends them in one go */
    public BadInputException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** A single problem, with the parts as in {@link Problem}. */
    public BadInputException(Path file, String field, Object value, String explanation) {
        this(List.of(new Problem(file.toString(), field, value == null ? null : value.toString(), explanation)));
    }

    /** As above, keeping the exception that told us. */
    public BadInputException(Path file, String field, Object value, String explanation, Throwable cause) {
        this(file, field, value, explanation);
        initCause(cause);
    }

    public List<Problem> problems() {
        return problems;
    }
}
