package io.github.splora.cli;

import java.io.IOException;
import java.io.StreamTokenizer;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Argument files: {@code @FILE} inserts the options in a file where an option may stand; {@code @@word} is the word {@code @word}.
 * The value of an option is never read as a file, because values may come from elsewhere: a file name, or the input of a pipeline.
 *
 * <p>A file holds options separated by blanks or line breaks, in quotes where they contain some; {@code #} begins a comment. It is
 * in UTF-8, or in the encoding that its byte order mark names: editors and shells on Windows write one.
 */
final class AtFiles {

    private static final int DEEPEST = 10;
    private static final int LARGEST_LATIN1 = 255;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final CommandLine program;
    private final Set<String> optionsWithValue;

    private AtFiles(CommandLine program) {
        this.program = program;
        this.optionsWithValue = withValue(program);
    }

    /**
     * Returns the arguments with the contents of files in their places.
     *
     * @throws ParameterException if a file is missing or cannot be read
     */
    static String[] expanded(CommandLine program, String[] args) {
        List<String> expanded = new ArrayList<>();
        new AtFiles(program).expand(List.of(args), expanded, 0);
        return expanded.toArray(String[]::new);
    }

    private void expand(List<String> args, List<String> into, int depth) {
        for (String arg : args) {
            boolean isValue = !into.isEmpty() && optionsWithValue.contains(into.get(into.size() - 1));
            if (isValue || arg.length() < 2 || !arg.startsWith("@")) {
                into.add(arg);
            } else if (arg.startsWith("@@")) {
                into.add(arg.substring(1));
            } else {
                if (depth == DEEPEST) {
                    throw new ParameterException(
                            program, arg + ": argument files are nested more than " + DEEPEST + " deep");
                }
                expand(wordsIn(arg), into, depth + 1);
            }
        }
    }

    private List<String> wordsIn(String arg) {
        Path file = Path.of(arg.substring(1));
        // Without this check, the word would become a plain argument, and the message about that.
        if (!Files.isRegularFile(file)) {
            throw new ParameterException(program, arg + ": no such argument file");
        }
        try {
            return words(text(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new ParameterException(program, arg + ": cannot be read: " + e.getMessage());
        }
    }

    private static String text(byte[] bytes) {
        String text = new String(bytes, encoding(bytes));
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static Charset encoding(byte[] bytes) {
        boolean isMarked = bytes.length >= 2;
        if (isMarked && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE) {
            return StandardCharsets.UTF_16LE;
        }
        return isMarked && bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF
                ? StandardCharsets.UTF_16BE
                : StandardCharsets.UTF_8;
    }

    private static List<String> words(String text) throws IOException {
        StreamTokenizer tokens = new StreamTokenizer(new StringReader(text));
        tokens.resetSyntax();
        tokens.wordChars(' ', LARGEST_LATIN1);
        tokens.whitespaceChars(0, ' ');
        tokens.quoteChar('"');
        tokens.quoteChar('\'');
        tokens.commentChar('#');
        List<String> words = new ArrayList<>();
        while (tokens.nextToken() != StreamTokenizer.TT_EOF) {
            words.add(tokens.sval);
        }
        return words;
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
