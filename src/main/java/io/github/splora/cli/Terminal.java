package io.github.splora.cli;

import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * What the two output streams are. Java cannot tell them apart, so the launcher looks and passes it on.
 *
 * @param isOutInteractive whether standard output is a terminal
 * @param isErrInteractive whether standard error is one
 * @param isColorWelcome false where NO_COLOR is set
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

    /** For picocli's help. */
    Ansi ansi() {
        return colorsOut() ? Ansi.ON : Ansi.OFF;
    }
}
