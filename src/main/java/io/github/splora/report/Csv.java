package io.github.splora.report;

import io.github.splora.error.Printable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Comma-separated values (RFC 4180) that no spreadsheet mistakes for formulas. */
final class Csv {

    private Csv() {}

    /** One row with its line break. Text from outside must have gone through {@link #text}; numbers stay as they are. */
    static String line(Stream<String> cells) {
        return cells.map(Csv::quoted).collect(Collectors.joining(",")) + "\r\n";
    }

    /** A cell of text. Spreadsheets evaluate a cell that begins like a formula; an apostrophe keeps it text. */
    static String text(String untrusted) {
        String text = Printable.text(untrusted);
        return text.matches("[=+@-].*") ? "'" + text : text;
    }

    private static String quoted(String cell) {
        return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }
}
