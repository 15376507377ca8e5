package io.github.splora.cli;

import io.github.splora.report.TableLayout;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * What the output streams are connected to. Java cannot find out for each stream, so the launcher does.
 *
 * @param isOutInteractive whether standard output is a terminal
 * @param isErrInteractive whether standard error is a terminal that can move its cursor
 * @param isColorWelcome false if NO_COLOR is set, and for a terminal without colors
 * @param columns width of the terminal
 */
record Terminal(boolean isOutInteractive, boolean isErrInteractive, boolean isColorWelcome, int columns) {

    private static final int USUAL_COLUMNS = 80;
    private static final int FEWEST_COLUMNS = 20;

    /** Neither stream is a terminal. */
    static final Terminal NONE = new Terminal(false, false, false);

    /** A terminal of the usual width. */
    Terminal(boolean isOutInteractive, boolean isErrInteractive, boolean isColorWelcome) {
        this(isOutInteractive, isErrInteractive, isColorWelcome, USUAL_COLUMNS);
    }

    static Terminal ofProcess() {
        return of(
                System.getenv(),
                Boolean.getBoolean("splora.stdout.tty"),
                Boolean.getBoolean("splora.stderr.tty"),
                System.getProperty("splora.columns", ""));
    }

    /**
     * Returns the terminal of an environment.
     *
     * @param columns width of the terminal as the launcher found it; may be empty
     */
    static Terminal of(Map<String, String> environment, boolean isOutTerminal, boolean isErrTerminal, String columns) {
        String type = environment.getOrDefault("TERM", "");
        boolean isDumb = type.isEmpty() || type.equals("dumb");
        boolean isColorWelcome = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                isOutTerminal,
                isErrTerminal && !isDumb,
                isColorWelcome && !isDumb,
                columns(environment.getOrDefault("COLUMNS", ""), columns));
    }

    private static int columns(String... candidates) {
        for (String candidate : candidates) {
            if (candidate.strip().matches("[0-9]{1,4}")) {
                int columns = Integer.parseInt(candidate.strip());
                if (columns > 0) {
                    return Math.max(FEWEST_COLUMNS, columns);
                }
            }
        }
        return USUAL_COLUMNS;
    }

    /** Whether results may be colored. */
    boolean colorsOut() {
        return isOutInteractive && isColorWelcome;
    }

    /**
     * Returns how tables are laid out on standard output. Off a terminal, nothing is cut.
     *
     * @param isWhole whether the user wants all rows
     */
    TableLayout layout(boolean isWhole) {
        return isOutInteractive ? new TableLayout(colorsOut(), columns, isWhole) : TableLayout.PLAIN;
    }

    /** Returns the color mode for picocli's help. */
    Ansi ansi() {
        return colorsOut() ? Ansi.ON : Ansi.OFF;
    }
}
