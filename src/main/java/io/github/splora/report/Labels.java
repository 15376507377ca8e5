package io.github.splora.report;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds enum constants by label, which is their name in reports and options. */
public final class Labels {

    private Labels() {}

    /** Returns the constant with exactly this label; empty if there is none or the label is null. */
    public static <E extends Enum<?>> Optional<E> find(Class<E> type, @Nullable String label) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.toString().equals(label))
                .findFirst();
    }
}
