package io.github.splora.error;

/** Makes untrusted text safe to print on a terminal. */
public final class Printable {

    /** Maximum length of printed text: a hostile file must not fill the terminal. */
    private static final int LONGEST = 1000;

    private Printable() {}

    /**
     * Replaces control and formatting characters by spaces, so that no file can move the cursor, reverse text or forge
     * a line.
     */
    public static String text(String untrusted) {
        String oneLine = untrusted.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]", " ");
        return oneLine.length() <= LONGEST ? oneLine : oneLine.substring(0, LONGEST) + "…";
    }
}
