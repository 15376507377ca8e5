package io.github.splora.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options that every command has. */
final class CommonOptions {

    @Option(
            names = "--revision",
            paramLabel = "REV",
            defaultValue = "main",
            description = "Branch, tag or commit for hub ids without one (ID@REV sets its own). Default: main.")
    String revision;

    @Option(
            names = "--offline",
            description = "Accepted for scripts, but has no effect: splora is always offline, and looks up hub ids only"
                    + " in the local cache.")
    boolean offline;

    @Option(
            names = "--strict",
            negatable = true,
            description =
                    "Refuse an adapter whose config names another model than --aligned, instead of warning about it."
                            + " --fail-on implies it; --no-strict switches it off.")
    @Nullable
    Boolean strict;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no progress and no warnings on standard error.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print more log lines, and stack traces of failures.")
    boolean verbose;

    /** Sets the log level that the user asked for. */
    void applyToLog() {
        Level level = quiet ? Level.ERROR : verbose ? Level.DEBUG : Level.INFO;
        ((Logger) LoggerFactory.getLogger("io.github.splora")).setLevel(level);
    }
}
