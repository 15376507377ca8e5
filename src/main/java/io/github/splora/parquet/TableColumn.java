package io.github.splora.parquet;

/**
 * A column of a table, any cell of which may be absent.
 *
 * @param name its name in the file
 * @param kind what its cells hold
 */
public record TableColumn(String name, Kind kind) {

    /** What a column holds. */
    public enum Kind {
        /** Text in UTF-8. */
        TEXT,
        /** Whole numbers of 64 bits. */
        INTEGER,
        /** Floating-point numbers of 64 bits. */
        NUMBER
    }
}
