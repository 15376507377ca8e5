package io.github.splora.cli;

import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * Whether the output streams are terminals. Java cannot find out for each stream, so the launcher does.
 *
 * @param isOutInteractive whether standard output is a terminal
 * @param isErrInteractive whether standard error is a terminal
 * @param isColorWelcome false if NO_COLOR is set
 */
record Terminal(boolean isOutInteractive, boolean isErrInteractive, boolean isColorWelcome) {

    /** Neither stream is a terminal. */
    static final Terminal NONE = new Terminal(false, false, false);

    static Terminal ofProcess() {
        return of(System.getenv());
    }

    private static Terminal of(Map<String, String> environment) {
        String noColor = environment.getOrDefault("NO_COLOR", "");
        return new Terminal(
                Boolean.getBoolean("splora.stdout.tty"), Boolean.getBoolean("splora.stderr.tty"), noColor.isEmpty());
    }

    /** Whether results may be colored. */
    boolean colorsOut() {
        return isOutInteractive && isColorWelcome;
    }

    /** Returns the color mode for picocli's help. */
    Ansi ansi() {
        return colorsOut() ? Ansi.ON : Ansi.OFF;
    }
}
