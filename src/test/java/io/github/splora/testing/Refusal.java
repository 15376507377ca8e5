package io.github.splora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a {@link BadInputException} says. */
public final class Refusal {

    private Refusal() {}

    /** Every line of the refusal that {@code action} has to end in. */
    public static List<String> of(ThrowingCallable action) {
        BadInputException refused = catchThrowableOfType(BadInputException.class, action);
        assertThat(refused).as("a refusal").isNotNull();
        return refused.problems().stream().map(Problem::toString).toList();
    }
}
