package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes comma-separated values (RFC 4180) that no spreadsheet mistakes for formulas. */
public final class Csv {

    /** How a formula begins, in the full-width forms too, after any white space. */
    private static final Pattern FORMULA = Pattern.compile("[\\p{Z}\\s]*[=+@\\-\uff1d\uff0b\uff20\uff0d\u2212].*");

    private Csv() {}

    /**
     * Returns one row with its line break. Pass untrusted text through {@link #text} first; numbers need no escaping.
     */
    public static String line(Stream<String> cells) {
        return cells.map(Csv::quoted).collect(Collectors.joining(",")) + "\r\n";
    }

    /** Returns a cell of text. Spreadsheets evaluate a cell that begins like a formula; an apostrophe prevents that. */
    public static String text(String untrusted) {
        String text = Printable.text(untrusted);
        return FORMULA.matcher(text).matches() ? "'" + text : text;
    }

    private static String quoted(String cell) {
        return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}
