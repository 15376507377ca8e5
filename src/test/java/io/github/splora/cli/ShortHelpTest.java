package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The short help fits a terminal, and says nothing that is not so. */
class ShortHelpTest {

    private static final int MOST_LINES = 25;
    private static final int WIDTH = 79;

    static Stream<String> commands() {
        return ManPageTest.program().getSubcommands().keySet().stream();
    }

    static Stream<String> pages() {
        return Stream.concat(Stream.of("splora"), commands());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void fitsATerminal(String command) {
        List<String> lines = ShortHelp.page(command).lines().toList();
        assertThat(lines).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(WIDTH));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void namesOnlyOptionsThatThereAreAndEveryRequiredOne(String command) {
        CommandLine.Model.CommandSpec spec =
                ManPageTest.program().getSubcommands().get(command).getCommandSpec();
        String page = ShortHelp.page(command);
        String own = page.replaceAll("(?s)\nExamples.*?\n\n", "\n").replaceAll("'[^']*'", "''");
        List<String> named = Pattern.compile("--[a-z][a-z-]*")
                .matcher(own.replace("Lists the pairs of models that --preset knows.", "")
                        .replaceAll("(?s)Examples.*", ""))
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(named)
                .allSatisfy(name -> assertThat(spec.findOption(name)).as(name).isNotNull());
        spec.options().stream()
                .filter(option -> option.required() && option.group() == null)
                .forEach(option -> assertThat(page).contains(option.longestName()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aPageThatIsAllThatIsAskedForNeedsNoParser(String command) {
        assertThat(ShortHelp.onlyPage(new String[] {command, "--help"})).contains(ShortHelp.page(command));
        assertThat(ShortHelp.onlyPage(new String[] {"-h"})).contains(ShortHelp.page("splora"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--version",
                "score",
                "score --help --help-all",
                "nonsense --help",
                "splora -h",
                "../help/score -h"
            })
    void anythingElseIsForTheParser(String line) {
        assertThat(ShortHelp.onlyPage(line.isEmpty() ? new String[0] : line.split(" ", -1)))
                .isEmpty();
    }

    @Test
    void theFirstPageNamesEveryCommand() {
        assertThat(commands())
                .allSatisfy(command -> assertThat(ShortHelp.page("splora")).containsPattern("\\b" + command + "\\b"));
    }

    /** Examples can be pasted: each is parsed as it stands. */
    @ParameterizedTest
    @MethodSource("pages")
    void itsExamplesAreUnderstood(String command) {
        String page = ShortHelp.page(command);
        List<String> examples = page.substring(page.indexOf("\nExamples\n"))
                .replace("\\\n", "")
                .lines()
                .skip(2)
                .filter(line -> line.startsWith("  "))
                .map(String::strip)
                .toList();
        assertThat(examples).hasSize(3);
        for (String example : examples) {
            List<String> words = words(example);
            assertThat(words.remove(0)).isEqualTo("splora");
            String[] args = ShortHelp.asOption(words.toArray(String[]::new));
            CommandLine program = ManPageTest.program();
            program.parseArgs(args);
            assertThat(program.getParseResult().hasSubcommand()).as(example).isTrue();
        }
    }

    /** Splits a command as a shell does, without the redirections around it. */
    private static List<String> words(String example) {
        String bare = example.replaceAll("^source <\\((.*)\\)$", "$1").replaceAll(" > .*", "");
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("'([^']*)'|(\\S+)").matcher(bare);
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        return words;
    }

    @ParameterizedTest
    @ValueSource(strings = {"help prune", "prune help", "prune --help", "prune -h"})
    void everyWayToAskForHelpShowsThePage(String args) {
        Run run = Run.of(args.split(" "));
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo(ShortHelp.page("prune"));
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"help prune --help-all", "prune --help-all", "prune --help --help-all"})
    void allOptionsAreShownOnDemand(String args) {
        Run run = Run.of(args.split(" "));
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("--config-style=STYLE", "--population=POP");
    }

    @Test
    void helpOnAnUnknownCommandNamesIt() {
        Run run = Run.of("help", "prun");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors().get(0)).isEqualTo("splora: unknown command: 'prun'");
    }
}
