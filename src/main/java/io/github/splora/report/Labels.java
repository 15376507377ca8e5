package io.github.splora.report;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Enum constants by their label: the word for them in reports and options. */
public final class Labels {

    private Labels() {}

    /** The constant of that label, which is matched exactly; a null label is nobody's. */
    public static <E extends Enum<?>> Optional<E> find(Class<E> type, @Nullable String label) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.toString().equals(label))
                .findFirst();
    }
}
