package io.github.splora.cli;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Argument files: {@code @FILE} inserts the options in a file where an option may stand. The value of an option is never read as a
 * file, because values may come from elsewhere: a file name, or the input of a pipeline.
 */
final class AtFiles {

    private AtFiles() {}

    /** Returns the arguments such that picocli takes {@code @word} literally after an option with a value. */
    static String[] escaped(CommandLine program, String[] args) {
        Set<String> options = withValue(program);
        String[] escaped = args.clone();
        for (int i = 1; i < args.length; i++) {
            if (options.contains(args[i - 1]) && args[i].startsWith("@") && !args[i].startsWith("@@")) {
                escaped[i] = "@" + args[i];
            }
        }
        return escaped;
    }

    private static Set<String> withValue(CommandLine program) {
        return Stream.concat(Stream.of(program), program.getSubcommands().values().stream())
                .map(CommandLine::getCommandSpec)
                .map(CommandSpec::options)
                .flatMap(options ->
                        options.stream().filter(option -> option.arity().max() > 0))
                .map(OptionSpec::names)
                .flatMap(Stream::of)
                .collect(Collectors.toSet());
    }
}
