package io.github.splora.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What every command takes. */
final class CommonOptions {

    @Option(
            names = "--revision",
            paramLabel = "REV",
            defaultValue = "main",
            description = "Branch, tag or commit of hub ids that name none (ID@REV names its own). Default: main.")
    String revision;

    @Option(
            names = "--offline",
            description = "Accepted for scripts; splora is always offline and finds hub ids in the local cache only.")
    boolean offline;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no warnings on standard error.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "More log lines, and stack traces of failures.")
    boolean verbose;

    /** Makes the log as talkative as was asked for. */
    void applyToLog() {
        Level level = quiet ? Level.ERROR : verbose ? Level.DEBUG : Level.INFO;
        ((Logger) LoggerFactory.getLogger("io.github.splora")).setLevel(level);
    }
}
