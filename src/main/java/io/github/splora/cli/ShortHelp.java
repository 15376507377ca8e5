package io.github.splora.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * What {@code --help} shows: a page of some 25 lines for each command, from the folder {@code help}. {@code --help-all} shows
 * picocli's list of all options.
 */
final class ShortHelp {

    static final String ALL_OPTIONS = "--help-all";

    /** The words of {@code splora help prune} and {@code splora prune help}, which picocli takes for arguments. */
    private static final String HELP = "help";

    private static final Set<String> HELP_OPTIONS = Set.of("-h", "--help");
    private static final String SECTION = "splora-page";

    private ShortHelp() {}

    /** Sets up the help of a program and its commands, which it must have already. */
    static void install(CommandLine program) {
        List<String> all = List.copyOf(program.getHelpSectionKeys());
        Map<String, IHelpSectionRenderer> sections = program.getHelpSectionMap();
        sections.put(
                SECTION,
                help -> isAllWanted(help.commandSpec())
                        ? all.stream()
                                .map(key -> rendered(sections.get(key), help))
                                .collect(Collectors.joining())
                        : page(help.commandSpec().name()));
        program.setHelpSectionMap(sections);
        program.setHelpSectionKeys(List.of(SECTION));
    }

    /** Returns the page of a command, with a final line break. */
    static String page(String command) {
        return find(command).orElseThrow(() -> new IllegalStateException("no help for " + command));
    }

    /** Returns the page that arguments such as {@code prune --help} ask for, if that is all they do: picocli takes longer. */
    static Optional<String> onlyPage(String[] words) {
        if (words.length == 0 || words.length > 2 || !HELP_OPTIONS.contains(words[words.length - 1])) {
            return Optional.empty();
        }
        return words.length == 1
                ? find("splora")
                : Optional.of(words[0]).filter(ShortHelp::isCommandName).flatMap(ShortHelp::find);
    }

    private static Optional<String> find(String command) {
        try (InputStream page = ShortHelp.class.getResourceAsStream("help/" + command + ".txt")) {
            return page == null
                    ? Optional.empty()
                    : Optional.of(new String(page.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Rewrites {@code help}, {@code help COMMAND} and {@code COMMAND help} to {@code --help}, and adds {@code --help} to
     * {@code --help-all}: picocli expects a command to have one option that asks for help.
     */
    static String[] asOption(String[] args) {
        String[] words = withoutHelpCommand(args);
        int place = List.of(words).indexOf(ALL_OPTIONS);
        if (place < 0 || List.of(words).contains("--help")) {
            return words;
        }
        List<String> both = new ArrayList<>(List.of(words));
        both.add(place, "--help");
        return both.toArray(String[]::new);
    }

    private static String[] withoutHelpCommand(String[] args) {
        if (args.length == 2 && args[1].equals(HELP) && Commands.isCommand(args[0])) {
            return new String[] {args[0], "--help"};
        }
        if (args.length == 0 || !args[0].equals(HELP)) {
            return args;
        }
        List<String> rest = new ArrayList<>(List.of(args).subList(1, args.length));
        boolean isOnCommand = !rest.isEmpty() && Commands.isCommand(rest.get(0));
        if (!rest.contains("--help")
                && (isOnCommand || rest.isEmpty() || rest.get(0).startsWith("-"))) {
            rest.add(isOnCommand ? 1 : 0, "--help");
        }
        return rest.toArray(String[]::new);
    }

    private static boolean isAllWanted(CommandSpec command) {
        ParseResult parsed = command.commandLine().getParseResult();
        return parsed != null && parsed.hasMatchedOption(ALL_OPTIONS);
    }

    private static String rendered(@Nullable IHelpSectionRenderer section, Help help) {
        return section == null ? "" : section.render(help);
    }

    /** Whether a word could be a command's name, and so that of a page. */
    private static boolean isCommandName(String word) {
        return !word.equals("splora") && word.chars().allMatch(letter -> letter >= 'a' && letter <= 'z');
    }
}
