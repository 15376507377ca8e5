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

    /** Returns a number with its noun: {@code 1 byte}, {@code 2 bytes}. */
    public static String count(long count, String singular, String plural) {
        return count + " " + (count == 1 ? singular : plural);
    }

    /** Returns a number of bytes with its unit. */
    public static String bytes(long count) {
        return count(count, "byte", "bytes");
    }
}
