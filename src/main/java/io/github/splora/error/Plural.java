package io.github.splora.error;

import java.util.Locale;

/** Counts with a noun in the right number. */
public final class Plural {

    private Plural() {}

    /** Returns {@code 1 module}, {@code 2 modules}. */
    public static String of(long count, String noun) {
        return count + " " + noun(count, noun);
    }

    /** Returns the same with thousands separated: {@code 1,234 bytes}. */
    public static String grouped(long count, String noun) {
        return String.format(Locale.ROOT, "%,d ", count) + noun(count, noun);
    }

    /** Returns {@code 1 of 2 modules}, {@code 1 of 1 module}. */
    public static String share(long part, long whole, String noun) {
        return part + " of " + of(whole, noun);
    }

    /** Returns {@code one} for a count of 1, otherwise {@code many}. */
    public static String choose(long count, String one, String many) {
        return count == 1 ? one : many;
    }

    private static String noun(long count, String noun) {
        return choose(count, noun, noun + "s");
    }
}
