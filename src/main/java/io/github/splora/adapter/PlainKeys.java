package io.github.splora.adapter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Patterns that are almost names: letters, digits, {@code _}, {@code -}, and dots, which match any character. They are
 * sorted, so that a name is compared with those that begin as it does instead of with all of them: a config may have a
 * million. A match starts at the beginning of a name or after a dot.
 */
final class PlainKeys {

    /** What an unescaped dot becomes; sorts before all else. */
    private static final char ANY = '\0';

    /** Characters compared altogether; a million ordinary keys need some hundreds for a name. */
    static final long MAX_STEPS = 500_000_000;

    /** Where a match may end. */
    enum End {
        /** At the end of the name, as {@code (KEY)$}. */
        NAME,
        /** At the end of the name or at a dot, as {@code KEY($|\..*)}. */
        PART
    }

    private record Key(String text, boolean isAnchored, int place) {}

    private final List<Key> sorted;
    private final End end;
    private final long maxSteps;
    private final Runnable tooMany;
    private long steps;

    private PlainKeys(List<Key> sorted, End end, long maxSteps, Runnable tooMany) {
        this.sorted = sorted;
        this.end = end;
        this.maxSteps = maxSteps;
        this.tooMany = tooMany;
    }

    /** Whether an expression is such a key: an optional {@code ^}, then characters and escaped dots. */
    static boolean isPlain(String expression) {
        int start = expression.startsWith("^") ? 1 : 0;
        for (int i = start; i < expression.length(); i++) {
            char c = expression.charAt(i);
            boolean isEscapedDot = c == '\\' && i + 1 < expression.length() && expression.charAt(i + 1) == '.';
            if (isEscapedDot) {
                i++;
            } else if (!isPlain(c)) {
                return false;
            }
        }
        return expression.length() > start;
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "_.-".indexOf(c) >= 0;
    }

    /**
     * @param keys plain ones are matched, others are ignored; a match is the index in this list
     * @param tooMany called if matching them takes too long; throws
     */
    static PlainKeys of(List<String> keys, End end, Runnable tooMany) {
        return of(keys, end, MAX_STEPS, tooMany);
    }

    static PlainKeys of(List<String> keys, End end, long maxSteps, Runnable tooMany) {
        List<Key> plain = new ArrayList<>();
        for (int place = 0; place < keys.size(); place++) {
            String key = keys.get(place);
            if (isPlain(key)) {
                boolean isAnchored = key.startsWith("^");
                String text = isAnchored ? key.substring(1) : key;
                plain.add(new Key(encoded(text), isAnchored, place));
            }
        }
        plain.sort(Comparator.comparing(Key::text));
        return new PlainKeys(plain, end, maxSteps, tooMany);
    }

    /** Returns the place of the first key in the list that matches the name. */
    synchronized Optional<Integer> first(String name) {
        int[] first = {Integer.MAX_VALUE};
        each(name, place -> first[0] = Math.min(first[0], place));
        return first[0] == Integer.MAX_VALUE ? Optional.empty() : Optional.of(first[0]);
    }

    /** Calls {@code found} with the place of each key that matches the name, perhaps more than once. */
    synchronized void each(String name, IntConsumer found) {
        // As in Python: $ also matches before a line break at the end, and a dot matches no line break.
        int length = name.endsWith("\n") ? name.length() - 1 : name.length();
        int line = name.indexOf('\n');
        int readable = line < 0 ? length : Math.min(line, length);
        for (int start = 0; start >= 0 && start <= readable; start = next(name, start)) {
            descend(new Search(name, start, readable, length, found), 0, 0, sorted.size());
        }
    }

    /**
     * A search for the keys that match from a place on.
     *
     * @param readable the place of the first line break, which no key matches
     * @param length where the name ends for {@code $}
     */
    private record Search(String name, int start, int readable, int length, IntConsumer found) {}

    /** Goes on with the keys in {@code [from, to)}, whose first {@code depth} characters match. */
    private void descend(Search search, int depth, int from, int to) {
        int low = from;
        while (low < to && sorted.get(low).text().length() == depth) {
            Key key = sorted.get(low++);
            count(1);
            if ((!key.isAnchored() || search.start == 0) && endsAt(search, search.start + depth)) {
                search.found.accept(key.place());
            }
        }
        int at = search.start + depth;
        if (low == to || at >= search.readable) {
            return;
        }
        char next = search.name.charAt(at);
        deeper(search, depth, low, to, ANY);
        if (next != ANY) {
            deeper(search, depth, low, to, next);
        }
    }

    private void deeper(Search search, int depth, int from, int to, char next) {
        int low = bound(from, to, depth, next);
        int high = bound(low, to, depth, (char) (next + 1));
        if (low < high) {
            descend(search, depth + 1, low, high);
        }
    }

    /** Returns the first of the keys in {@code [from, to)} whose character at {@code depth} is at least that one. */
    private int bound(int from, int to, int depth, char least) {
        int low = from;
        int high = to;
        while (low < high) {
            count(1);
            int middle = (low + high) >>> 1;
            if (sorted.get(middle).text().charAt(depth) < least) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean endsAt(Search search, int place) {
        return place == search.length || (end == End.PART && search.name.charAt(place) == '.');
    }

    private static int next(String name, int start) {
        int dot = name.indexOf('.', start);
        return dot < 0 ? -1 : dot + 1;
    }

    /** Returns the number of comparisons so far. */
    synchronized long steps() {
        return steps;
    }

    private void count(int more) {
        steps += more;
        if (steps > maxSteps) {
            tooMany.run();
        }
    }

    private static String encoded(String key) {
        char[] text = new char[key.length()];
        int length = 0;
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == '\\') {
                i++;
                text[length++] = '.';
            } else {
                text[length++] = c == '.' ? ANY : c;
            }
        }
        return new String(Arrays.copyOf(text, length));
    }
}
