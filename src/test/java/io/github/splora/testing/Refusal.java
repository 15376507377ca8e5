package io.github.splora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The messages of a {@link BadInputException}. */
public final class Refusal {

    private Refusal() {}

    /** Returns all lines of the exception that {@code action} must throw. */
    public static List<String> of(ThrowingCallable action) {
        BadInputException refused = catchThrowableOfType(BadInputException.class, action);
        assertThat(refused).as("a refusal").isNotNull();
        return refused.problems().stream().map(Problem::toString).toList();
    }
}
