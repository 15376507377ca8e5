package io.github.splora.regex.python;

/** Thrown for an expression that Python rejects, or that cannot be matched exactly as Python does; says why. */
public final class PythonPatternException extends RuntimeException {

    private static final int NOWHERE = -1;

    private final String why;
    private final int position;
    private final String consequence;

    private PythonPatternException(String why, int position, String consequence) {
        super(message(why, position, consequence));
        this.why = why;
        this.position = position;
        this.consequence = consequence;
    }

    /** An expression that Python rejects. */
    static PythonPatternException invalid(String why, int position) {
        return new PythonPatternException("not a valid regular expression: " + why, position, "");
    }

    /** An expression that some version of Python accepts, but that means, or could mean, something else in Java. */
    static PythonPatternException unsupported(String construct, int position) {
        return new PythonPatternException(
                "uses " + construct, position, ", which splora cannot match as Python does; write it differently");
    }

    /** An expression that is refused as a whole. */
    static PythonPatternException refused(String why) {
        return new PythonPatternException(why, NOWHERE, "");
    }

    /** Returns the message for an expression before which {@code prefix} characters have been inserted. */
    public String messageWithout(int prefix) {
        return message(why, position == NOWHERE ? NOWHERE : Math.max(0, position - prefix), consequence);
    }

    private static String message(String why, int position, String consequence) {
        return why + (position == NOWHERE ? "" : " at position " + position) + consequence;
    }
}
