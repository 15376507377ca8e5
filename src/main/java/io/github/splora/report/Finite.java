package io.github.splora.report;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks numbers of a document. */
final class Finite {

    private Finite() {}

    /** Whether no number that is present is NaN or infinite. */
    static boolean all(@Nullable Double... numbers) {
        return Arrays.stream(numbers).filter(Objects::nonNull).allMatch(Double::isFinite);
    }
}
