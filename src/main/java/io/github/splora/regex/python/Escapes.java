package io.github.splora.regex.python;

/** The escapes that stand for one character. */
final class Escapes {

    private static final int MAX_OCTAL = 0377;

    private final PatternReader reader;

    Escapes(PatternReader reader) {
        this.reader = reader;
    }

    /**
     * Reads the rest of an escape whose letter (after the backslash) has been read, except octal ones, categories and
     * positions.
     */
    int character(int letter, int start) {
        return switch (letter) {
            case 'a' -> 0x07;
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            case 'x' -> hex(2, start);
            case 'u' -> hex(4, start);
            case 'U' -> hex(8, start);
            case 'N' -> throw PythonPatternException.unsupported("a character's name (\\N)", start);
            case PatternReader.END -> throw PythonPatternException.invalid("a backslash at the end", start);
            default -> literal(letter, start);
        };
    }

    private static int literal(int letter, int start) {
        if (PatternReader.isAsciiLetter(letter) || PatternReader.isDigit(letter)) {
            throw PythonPatternException.invalid("bad escape \\" + (char) letter, start);
        }
        return checked(letter, start);
    }

    /** Returns the value of octal digits. */
    static int octal(String digits, int start) {
        int value = Integer.parseInt(digits, 8);
        if (value > MAX_OCTAL) {
            throw PythonPatternException.invalid("octal escape \\" + digits + " beyond \\377", start);
        }
        return value;
    }

    private int hex(int digits, int start) {
        String value = reader.take(digits, PatternReader::isHex);
        if (value.length() < digits) {
            throw PythonPatternException.invalid("incomplete escape", start);
        }
        long codePoint = Long.parseLong(value, 16);
        if (codePoint > Character.MAX_CODE_POINT) {
            throw PythonPatternException.invalid("bad escape", start);
        }
        return checked((int) codePoint, start);
    }

    /** Refuses half of a surrogate pair, which is a character for Python but not for Java. */
    static int checked(int codePoint, int position) {
        if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
            throw PythonPatternException.unsupported("half of a surrogate pair", position);
        }
        return codePoint;
    }
}
