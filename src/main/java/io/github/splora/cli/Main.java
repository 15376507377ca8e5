package io.github.splora.cli;

import io.github.splora.Version;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.report.ReportFormat;
import io.github.splora.run.HashScope;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.select.Granularity;
import io.github.splora.statistics.Center;
import io.github.splora.statistics.Spread;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import io.github.splora.tensor.KernelKind;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The command-line program. */
@Command(
        name = "splora",
        description = "Finds the parts of a LoRA adapter that work against a model's safety training, and removes or"
                + " corrects them.",
        versionProvider = Main.VersionProvider.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 success; 1 unexpected failure; 2 wrong usage; 3 gate (--fail-on) failed; 4 bad input.",
            "The score is computed from weights alone: it ranks modules; it does not prove that a model is safe."
        })
public final class Main {

    /** Enums that options take by label. */
    static final List<Class<? extends Enum<?>>> LABELLED = List.of(
            MetricKind.class,
            ReferenceKind.class,
            PopulationKind.class,
            Center.class,
            Spread.class,
            Granularity.class,
            ReportFormat.class,
            ActionKind.class,
            ConfigStyle.class,
            ClientKind.class,
            KernelKind.class,
            HashScope.class);

    @Option(
            names = ShortHelp.ALL_OPTIONS,
            scope = ScopeType.INHERIT,
            description = "Show all options, those for research included, and exit.")
    boolean isAllHelpWanted;

    /** Where hub ids are looked up; tests pass their own. */
    private final HubCache hub;

    private final Terminal terminal;

    private final List<String> arguments;

    private Main(List<String> arguments, HubCache hub, Terminal terminal) {
        this.arguments = arguments;
        this.hub = hub;
        this.terminal = terminal;
    }

    public static void main(String[] args) {
        System.setProperty(LogConfigurator.ACTIVE, "true");
        PrintWriter out = utf8(FileDescriptor.out);
        PrintWriter err = utf8(FileDescriptor.err);
        String training = System.getProperty("splora.training");
        if (training != null) {
            System.exit(TrainingRun.run(Path.of(training), err));
        }
        int exitCode = run(args, out, err, HubCache.of(System.getenv()), Terminal.ofProcess());
        if (out.checkError() && exitCode == ExitCode.DONE) {
            err.println("splora: could not write all results to standard output");
            exitCode = ExitCode.UNEXPECTED_FAILURE;
        }
        err.flush();
        System.exit(exitCode);
    }

    /**
     * Runs one command.
     *
     * @param out receives the results
     * @param err receives progress, messages and usage errors
     * @return the exit code, see {@link ExitCode}
     */
    static int run(String[] given, PrintWriter out, PrintWriter err, HubCache hub, Terminal terminal) {
        if (given.length == 0) {
            // A script that lost its arguments must not succeed.
            err.print(ShortHelp.page("splora"));
            err.flush();
            return ExitCode.WRONG_USAGE;
        }
        String[] words = ShortHelp.asOption(given);
        Optional<String> page = ShortHelp.onlyPage(words);
        if (page.isPresent()) {
            out.print(page.get());
            out.flush();
            return ExitCode.DONE;
        }
        CommandLine commandLine = commandLine(words, hub, terminal).setOut(out).setErr(err);
        try {
            return commandLine.execute(AtFiles.expanded(commandLine, words));
        } catch (ParameterException e) {
            return ErrorHandler.usage(e, words);
        } catch (Error e) {
            // picocli does not catch errors such as out of memory or a broken class path.
            return ErrorHandler.unexpected(e, commandLine, List.of(words).contains("-v"));
        }
    }

    /** Returns the command line, with the options of the commands that the arguments may reach. */
    static CommandLine commandLine(String[] args, HubCache hub, Terminal terminal) {
        CommandLine commandLine = new CommandLine(new Main(List.of(args), hub, terminal));
        Commands.add(commandLine, args);
        commandLine
                .setResourceBundle(new HelpVariables())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.ansi()))
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(ErrorHandler::usage)
                .setExecutionExceptionHandler(ErrorHandler::failure);
        LABELLED.forEach(type -> LabelConverter.register(commandLine, type));
        ShortHelp.install(commandLine);
        return commandLine;
    }

    /** Returns the arguments as the user typed them, before argument files are expanded. */
    List<String> arguments() {
        return arguments;
    }

    HubCache hub() {
        return hub;
    }

    Terminal terminal() {
        return terminal;
    }

    /** Ignores the locale: JSON is UTF-8, and file names must not be garbled. */
    private static PrintWriter utf8(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
    }

    /** Reads the version only when it is printed. */
    static final class VersionProvider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"splora " + Version.current()};
        }
    }
}
