package io.github.splora.regex.python;

import java.util.function.IntPredicate;

/** Reads an expression character by character. */
final class PatternReader {

    /** What {@link #peek} and {@link #next} return at the end. */
    static final int END = -1;

    private final int[] codePoints;
    private int position;

    PatternReader(String expression) {
        codePoints = expression.codePoints().toArray();
    }

    int position() {
        return position;
    }

    void seek(int newPosition) {
        position = newPosition;
    }

    int peek() {
        return peek(0);
    }

    int peek(int ahead) {
        int at = position + ahead;
        return at < codePoints.length ? codePoints[at] : END;
    }

    int next() {
        int codePoint = peek();
        if (codePoint != END) {
            position++;
        }
        return codePoint;
    }

    /** Consumes the character if it comes next. */
    boolean match(int codePoint) {
        if (peek() != codePoint) {
            return false;
        }
        position++;
        return true;
    }

    /** Consumes up to {@code most} characters that satisfy the predicate. */
    String take(int most, IntPredicate wanted) {
        StringBuilder taken = new StringBuilder();
        while (taken.length() < most && peek() != END && wanted.test(peek())) {
            taken.appendCodePoint(next());
        }
        return taken.toString();
    }

    static boolean isDigit(int codePoint) {
        return codePoint >= '0' && codePoint <= '9';
    }

    static boolean isOctal(int codePoint) {
        return codePoint >= '0' && codePoint <= '7';
    }

    static boolean isHex(int codePoint) {
        return isDigit(codePoint) || isBetween('a', codePoint, 'f') || isBetween('A', codePoint, 'F');
    }

    static boolean isAsciiLetter(int codePoint) {
        return isBetween('a', codePoint, 'z') || isBetween('A', codePoint, 'Z');
    }

    private static boolean isBetween(int first, int codePoint, int last) {
        return first <= codePoint && codePoint <= last;
    }
}
