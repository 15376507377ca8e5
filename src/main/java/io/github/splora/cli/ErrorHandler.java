package io.github.splora.cli;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.error.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns exceptions into messages and exit codes; no other class does. */
final class ErrorHandler {

    private ErrorHandler() {}

    /** Reports wrong usage: what is wrong, and which help to read. */
    static int usage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        // A misspelled option is also missing under its right name, and only the misspelling says why.
        List<String> unmatched = command.getUnmatchedArguments();
        err.println("splora: " + (unmatched.isEmpty() ? message(e) : unknown(command, unmatched)));
        suggestions(command, unmatched).forEach(err::println);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return ExitCode.WRONG_USAGE;
    }

    /** Returns lines on what the user may have meant by unknown options or an unknown command. */
    private static List<String> suggestions(CommandLine command, List<String> unmatched) {
        List<String> named = named(command, unmatched);
        List<String> lines = new ArrayList<>();
        for (String each : named) {
            List<String> meant = each.startsWith("-")
                    ? Suggestions.forOption(each, command)
                    : Suggestions.forCommand(each, command).stream()
                            .map(name -> command.getCommandName() + " " + name)
                            .toList();
            if (!meant.isEmpty()) {
                lines.add("Did you mean " + String.join(" or ", meant)
                        + (named.size() == 1 ? "?" : " instead of '" + Printable.text(each) + "'?"));
            }
        }
        return lines;
    }

    private static String unknown(CommandLine command, List<String> unmatched) {
        List<String> named = named(command, unmatched);
        String what = named.get(0).startsWith("-")
                ? "unknown option"
                : command.getSubcommands().isEmpty() ? "unexpected argument" : "unknown command";
        return what
                + Plural.choose(named.size(), ": ", "s: ")
                + oneLine(named.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", ")));
    }

    /** Returns the unknown options or, if there are none, the other arguments that say what is wrong. */
    private static List<String> named(CommandLine command, List<String> unmatched) {
        List<String> options =
                unmatched.stream().filter(each -> each.startsWith("-")).toList();
        boolean isCommand = !command.getSubcommands().isEmpty() && !unmatched.isEmpty();
        return options.isEmpty() ? (isCommand ? unmatched.subList(0, 1) : unmatched) : options;
    }

    /** Returns picocli's message without the names of Java's types. */
    private static String message(ParameterException e) {
        return oneLine(String.valueOf(e.getMessage()))
                .replaceFirst("^Error: ", "")
                .replaceFirst(" is not an? (int|long)$", " is not a whole number")
                .replaceFirst(" is not a double$", " is not a number");
    }

    /**
     * Reports a failed command: one line for each problem in the input, one line for a file that cannot be read or
     * written, and anything else as an unexpected failure.
     */
    static int failure(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        boolean isVerbose = (parsed.hasSubcommand() && isVerbose(parsed.subcommand())) || isVerbose(parsed);
        if (e instanceof BadInputException bad) {
            bad.problems().forEach(problem -> err.println("splora: " + problem));
        } else if (e instanceof IOException || e instanceof UncheckedIOException) {
            err.println("splora: "
                    + sentence(e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e));
        } else {
            return unexpected(e, command, isVerbose);
        }
        if (isVerbose) {
            StackTrace.print(e, err);
        }
        err.flush();
        return e instanceof BadInputException ? ExitCode.BAD_INPUT : ExitCode.UNEXPECTED_FAILURE;
    }

    /** Reports a defect of splora, or a machine at its limits. */
    static int unexpected(Throwable e, CommandLine command, boolean isVerbose) {
        PrintWriter err = command.getErr();
        err.println("splora: unexpected failure: " + oneLine(e.toString())
                + (isVerbose ? "" : " (run again with -v for the stack trace, and please report it)"));
        if (isVerbose) {
            StackTrace.print(e, err);
        }
        err.flush();
        return ExitCode.UNEXPECTED_FAILURE;
    }

    private static String sentence(Throwable e) {
        if (e instanceof FileSystemException file) {
            String reason = file.getReason() != null
                    ? file.getReason()
                    : file instanceof AccessDeniedException
                            ? "permission denied"
                            : file instanceof NoSuchFileException
                                    ? "no such file or folder"
                                    : file.getClass().getSimpleName();
            return new Problem(file.getFile(), null, null, "cannot be read or written: " + reason).toString();
        }
        return "reading or writing failed: " + oneLine(String.valueOf(e.getMessage()));
    }

    private static boolean isVerbose(ParseResult parsed) {
        return parsed.hasMatchedOption("-v");
    }

    private static String oneLine(String message) {
        return Printable.line(message.strip().replaceAll("\\R+", " "));
    }
}
