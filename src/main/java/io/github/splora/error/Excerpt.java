package io.github.splora.error;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** A list in a message: its first elements and, if there are more, their number. */
public final class Excerpt {

    private static final int SHOWN = 10;

    private Excerpt() {}

    /** Returns a value as text, which is an excerpt if it is a list. */
    public static String ofValue(Object value) {
        return value instanceof Collection<?> list ? of(list) : value.toString();
    }

    /** Returns {@code [a, b]}, or {@code [a, b, ... (1,234 in all)]}. */
    public static String of(Collection<?> list) {
        return of(list, list.size());
    }

    /**
     * Returns the same for a list of which only the beginning is at hand.
     *
     * @param count length of the whole list
     */
    public static String of(Collection<?> beginning, long count) {
        String shown = beginning.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
        return count <= SHOWN ? "[" + shown + "]" : String.format(Locale.ROOT, "[%s, ... (%,d in all)]", shown, count);
    }
}
