package io.github.splora.error;

import java.util.regex.Pattern;

/**
 * Makes untrusted text safe to print on a terminal: file names, names of tensors and modules, values of configs, the
 * texts of report documents. Everything that reaches a terminal, a log or a report goes through here.
 */
public final class Printable {

    /** Maximum length of a printed name or value: a hostile file must not fill the terminal. */
    private static final int LONGEST = 1000;

    /** Maximum length of a printed line, which may contain several names. */
    private static final int LONGEST_LINE = 8000;

    /**
     * Control characters (C0, DEL, C1), formatting characters (bidirectional controls, zero-width characters, tags),
     * line separators and unpaired surrogates.
     */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]");

    private Printable() {}

    /**
     * Escapes control and formatting characters ({@code \n}, <code>\u001b</code>), so that no file can move the cursor,
     * reverse text or forge a line.
     */
    public static String text(String untrusted) {
        return escaped(untrusted, LONGEST);
    }

    /** Escapes a whole line of output, which may contain untrusted text, in the same way. */
    public static String line(String line) {
        return escaped(line, LONGEST_LINE);
    }

    /** Cuts a text at the length of the longest that is printed. */
    static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    private static String escaped(String untrusted, int longest) {
        boolean isLong = untrusted.length() > longest;
        String text = isLong ? untrusted.substring(0, longest) : untrusted;
        return UNPRINTABLE.matcher(text).replaceAll(match -> "\\\\" + escape(match.group())) + (isLong ? "…" : "");
    }

    /** Returns the escape of a character, without its backslash. */
    private static String escape(String character) {
        return switch (character) {
            case "\n" -> "n";
            case "\r" -> "r";
            case "\t" -> "t";
            default -> "u%04x".formatted(character.codePointAt(0));
        };
    }
}
