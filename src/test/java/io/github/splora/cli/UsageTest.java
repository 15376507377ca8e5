package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {

    @TempDir
    Path folder;

    private static void assertWrongUsage(Run run, String message, String command) {
        assertThat(run.errors()).containsExactly("splora: " + message, "Try 'splora" + command + " --help'.");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help", "help --help"})
    void helpNamesTheCommandsAndTheExitCodes(String args) {
        Run run = Run.of(args.split(" "));
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("Usage: splora COMMAND")
                .contains("\n  score ", "\n  prune ", "\n  inspect ", "\n  verify ", "completion ")
                .contains("Exit codes: 0 success; 1 unexpected failure; 2 wrong usage; 3 gate")
                .contains("it does not prove that a model is safe");
    }

    /** The list is the same whether or not the commands' options have been read. */
    @Test
    void helpListsTheSameCommandsThatThereAre() {
        CommandLine program = ManPageTest.program();
        program.parseArgs("--help-all");
        assertThat(Run.of("--help-all").out()).isEqualTo(program.getUsageMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "score, --threshold=X",
        "prune, --output=DIR",
        "sweep, --output=DIR",
        "show, REPORT",
        "inspect, PATH",
        "verify, --aligned=MODEL",
        "doctor, --install-cuda",
        "completion, SHELL"
    })
    void everyCommandListsAllItsOptions(String command, String option) {
        Run run = Run.of(command, "--help-all");
        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: splora " + command + " ").contains(option);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V", "score --version"})
    void theVersionIsThatOfTheBuild(String args) {
        Run run = Run.of(args.split(" "));
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines("splora " + Version.current());
        assertThat(Version.current()).matches("\\d+\\.\\d+\\.\\d+.*");
    }

    /** Wrong usage: a script that lost its arguments must not succeed. */
    @Test
    void withoutArgumentsHelpIsShownAsAnError() {
        Run run = Run.of();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).isEqualTo(Run.of("--help").out());
        assertThat(run.out()).isEmpty();
    }

    @Test
    void anUnknownCommandIsAnsweredWithTheNearest() {
        Run run = Run.of("prun");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors()).hasSize(3);
        assertThat(run.errors().get(0)).isEqualTo("splora: unknown command: 'prun'");
        assertThat(run.errors().get(1)).isEqualTo("Did you mean splora prune?");
        assertThat(run.errors().get(2)).isEqualTo("Try 'splora --help'.");
    }

    @Test
    void missingOptionsAreNamed() {
        assertWrongUsage(Run.of("prune", "--base", "b"), "Missing required option: '--output=DIR'", " prune");
        assertWrongUsage(
                Run.of("score", "--base", "b", "--aligned", "a"),
                "Missing required parameter: 'ADAPTER', or '--adapted=MODEL'",
                " score");
        assertWrongUsage(Run.of("inspect"), "Missing required parameter: 'PATH'", " inspect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-such", "--thresh"})
    void anUnknownOrAbbreviatedOptionIsRefused(String option) {
        Run run = Run.of("score", Testdata.LLAMA, option, "1");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors().get(0)).isEqualTo("splora: unknown option: '" + option + "'");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--count -1      | --count -1: must be a whole number of at least 0",
                "--fraction 1.01 | --fraction 1.01: must be a number from 0 to 1",
                "--fraction -0.1 | --fraction -0.1: must be a number from 0 to 1",
                "--fraction NaN  | --fraction NaN: must be a number from 0 to 1",
                "--threshold NaN | --threshold NaN: must be a finite number",
                "--threads 0     | --threads 0: must be at least 1",
                "--device tpu    | --device 'tpu': must be auto, cpu, gpu or gpu:N",
                "--device gpu:x  | --device 'gpu:x': must be auto, cpu, gpu or gpu:N",
                "--include /(/   | --include, --exclude: '(' is not a valid regular expression: Unclosed group",
                "--exclude /a**/ | --include, --exclude: 'a**' is not a valid regular expression: Dangling meta character '*'",
                "--memory 1.5G   | Invalid value for option '--memory': '1.5G' is not a size: must be bytes, or a number with K,"
                        + " M, G or T, such as 512M",
                "--memory 0K     | Invalid value for option '--memory': '0K' is not a size: must be more than 0 bytes",
                "--count 1.5     | Invalid value for option '--count': '1.5' is not a whole number",
                "--fail-on foo>1 | Invalid value for option '--fail-on' (CONDITION): 'foo>1' is not a condition: a figure (modules, scored,"
                        + " pruned, pruned-fraction, max-score, max-kept-score, pruned-delta-share, judged-share, mean-cosine,"
                        + " against-alignment), then >, >=, <, <= or =, then a number",
            })
    void anImpossibleValueIsNamed(String args, String message) {
        for (String command : new String[] {"score", "prune"}) {
            String[] all = ("--output " + folder.resolve("out") + " " + args).split(" ");
            String[] more = command.equals("prune") ? all : args.split(" ");
            assertWrongUsage(Run.of(command, Testdata.LLAMA, more), message, " " + command);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--metric       | e_diem   | e-diem, cosine, frobenius, overlap",
                "--reference    | nonsense | alignment, safelora, subspace",
                "--population   | nonsense | type, all, null",
                "--granularity  | blocks   | module, fusion, block",
                "--format       | html     | table, json, csv, markdown, sarif, junit",
                "--action       | nonsense | drop, zero, scale, project, attenuate, deflate, restore, repair, confine",
                "--config-style | nonsense | exclude, targets, list",
                "--client       | nonsense | peft, vllm, sglang, tgi, lorax, llamacpp, fireworks, baseten, together",
            })
    void aWordThatIsNotAChoiceIsAnsweredWithTheChoices(String option, String word, String choices) {
        assertWrongUsage(
                Run.of(
                        "prune",
                        Testdata.LLAMA,
                        "--output",
                        folder.resolve("out").toString(),
                        option,
                        word),
                "Invalid value for option '" + option + "': '" + word + "' is not one of [" + choices + "]",
                " prune");
    }

    /** Otherwise the message would name only the right spelling, as missing. */
    @Test
    void aMisspelledRequiredOptionIsNamed() {
        Run run = Run.of("score", "--bass", "b", "--aligned", "a", "--adapter", "c");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors().get(0)).isEqualTo("splora: unknown option: '--bass'");
    }

    @Test
    void aWordThatIsNotANumberIsNamed() {
        assertWrongUsage(
                Run.of("score", Testdata.LLAMA, "--threshold", "abc"),
                "Invalid value for option '--threshold': 'abc' is not a number",
                " score");
    }

    @Test
    void onlyOneRuleCanBeGiven() {
        Run run = Run.of("score", Testdata.LLAMA, "--count", "1", "--threshold", "2");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors().get(0))
                .isEqualTo("splora: --threshold=X, --count=N are mutually exclusive (specify only one)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cosine", "frobenius"})
    void aMetricWithoutADefaultRuleIsNotPrunedByWithoutOne(String metric) {
        assertWrongUsage(
                Run.of(
                        "prune",
                        Testdata.LLAMA,
                        "--output",
                        folder.resolve("out").toString(),
                        "--metric",
                        metric),
                "--metric " + metric + " has no default rule: give --threshold, --count, --fraction or --all",
                " prune");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void optionsCanComeFromAFile() throws IOException {
        Path args = Files.writeString(
                folder.resolve("my.args"),
                "# a comment\n--base " + Testdata.LLAMA.base() + "\n--aligned \"" + Testdata.LLAMA.aligned() + "\"\n"
                        + "--adapter\n" + Testdata.LLAMA.adapter() + "\n--count 3 --format json\n");
        Run run = Run.of("score", "@" + args);
        assertThat(run.code()).isZero();
        assertThat(run.pruned()).hasSize(3);
    }

    @Test
    void aFileOfOptionsThatIsNotThereIsNamed() {
        Run run = Run.of("score", Testdata.LLAMA, "@nowhere.args");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.errors().get(0)).isEqualTo("splora: @nowhere.args: no such argument file");
    }

    /** Editors on Windows write a byte order mark, and PowerShell writes UTF-16. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
    void aFileOfOptionsMayBeginWithAByteOrderMark(String encoding) throws IOException {
        Path args = Files.write(
                folder.resolve("my.args"),
                ("\uFEFF--base " + Testdata.LLAMA.base() + "\r\n--aligned " + Testdata.LLAMA.aligned() + "\r\n")
                        .getBytes(encoding));
        Run run = Run.of("score", "@" + args, Testdata.LLAMA.adapter().toString(), "--count", "2", "--format", "json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.pruned()).hasSize(2);
    }

    @Test
    void filesOfOptionsMayBeNestedButNotEndlessly() throws IOException {
        Path inner = Files.writeString(folder.resolve("inner.args"), "--count 4\n");
        Path outer = Files.writeString(folder.resolve("outer.args"), "@" + inner + " --format json\n");
        assertThat(Run.of("score", Testdata.LLAMA, "@" + outer).pruned()).hasSize(4);
        Path loop = folder.resolve("loop.args");
        Files.writeString(loop, "@" + loop);
        Run run = Run.of("score", Testdata.LLAMA, "@" + loop);
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.errors().get(0)).contains("nested more than 10 deep");
    }
}
