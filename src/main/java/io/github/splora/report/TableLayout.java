package io.github.splora.report;

/**
 * How a table is laid out.
 *
 * @param color whether to use escape sequences for color, and bars beside the scores
 * @param width columns of the terminal; 0 off a terminal, where nothing is cut
 * @param isWhole whether to show all modules, in their natural order, instead of those with the highest scores
 */
public record TableLayout(boolean color, int width, boolean isWhole) {

    /** Everything, without color: for files and pipes. */
    public static final TableLayout PLAIN = new TableLayout(false, 0, true);
}
