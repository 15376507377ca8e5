package io.github.splora.surgery;

import java.util.Collection;
import java.util.TreeSet;

/**
 * The ends of many names that begin after a dot, the whole names included, in memory proportional to the names: the names
 * are sorted by their last characters.
 */
final class NameEnds {

    private final TreeSet<String> reversed = new TreeSet<>();

    NameEnds(Collection<String> names) {
        names.forEach(name -> reversed.add(reverse(name)));
    }

    /** Whether {@code end} is one of the ends. */
    boolean contain(String end) {
        String whole = reverse(end);
        if (reversed.contains(whole)) {
            return true;
        }
        String beginning = whole + '.';
        String next = reversed.ceiling(beginning);
        return next != null && next.startsWith(beginning);
    }

    private static String reverse(String name) {
        return new StringBuilder(name).reverse().toString();
    }
}
