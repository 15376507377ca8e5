package io.github.splora.error;

/** Text from files that strangers made, fit for a terminal. */
public final class Printable {

    /** Longest text that is printed whole: a hostile file must not fill the terminal. */
    private static final int LONGEST = 1000;

    private Printable() {}

    /** Control and formatting characters become spaces: no file can move the cursor, turn text round or forge a line. */
    public static String text(String untrusted) {
        String oneLine = untrusted.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]", " ");
        return oneLine.length() <= LONGEST ? oneLine : oneLine.substring(0, LONGEST) + "…";
    }
}
