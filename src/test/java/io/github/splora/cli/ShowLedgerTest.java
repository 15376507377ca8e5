package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.fleet.Ledger;
import io.github.splora.fleet.LedgerEntry;
import io.github.splora.fleet.LedgerReport;
import io.github.splora.json.StrictJson;
import io.github.splora.report.ReportFormat;
import io.github.splora.report.RunReport;
import io.github.splora.report.TableLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code splora show} of a fleet's ledger. */
class ShowLedgerTest {

    private static final JsonSchema SCHEMA = JsonSchema.of("ledger.schema.json");

    @TempDir
    Path folder;

    private Path ledger;

    /** Makes a ledger of one adapter and one that cannot be judged, then adds lines like the first with other figures. */
    @BeforeEach
    void makeLedger() throws IOException {
        Path adapters = folder.resolve("adapters");
        Path good = Files.createDirectories(adapters.resolve("good"));
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(Testdata.LLAMA.adapter().resolve(file), good.resolve(file));
        }
        Files.writeString(Files.createDirectories(adapters.resolve("odd|name")).resolve("adapter_config.json"), "<b>");
        ledger = folder.resolve("ledger.jsonl");
        Run.of(
                "fleet",
                "--base",
                Testdata.LLAMA.base().toString(),
                "--aligned",
                Testdata.LLAMA.aligned().toString(),
                "--device",
                "cpu",
                "--adapters",
                adapters.toString(),
                "--ledger",
                ledger.toString());
        List<String> lines = Files.readAllLines(ledger);
        assertThat(lines).hasSize(2);
        String good1 = lines.get(0);
        Files.writeString(
                ledger,
                Stream.of(
                                good1,
                                lines.get(1),
                                changed(good1, "up/blocked", "block", 1.5, -0.1),
                                changed(good1, "up/odd", "review", 0.1, -0.5),
                                changed(good1, "up/mild", "allow", 0.01, 0.5),
                                // Its earlier verdict does not count.
                                changed(good1, "up/mild", "block", 9, -0.9),
                                changed(good1, "up/mild", "allow", 0.02, 0.5))
                        .map(line -> line + "\n")
                        .collect(Collectors.joining()));
    }

    private static String changed(String line, String adapter, String verdict, double maxScore, double meanCosine) {
        ObjectNode json = StrictJson.parsedObject(line).orElseThrow();
        json.put("adapter", adapter).put("verdict", verdict);
        if (!verdict.equals("allow")) {
            json.putArray("reasons")
                    .add("gate failed: max-score>1 (max-score = " + maxScore + ")")
                    .add("=second");
        }
        ((ObjectNode) json.get("figures")).put("maxScore", maxScore).put("meanCosine", meanCosine);
        return StrictJson.writeLine(json);
    }

    private Run show(String... more) {
        return Run.of(Run.join(new String[] {"show", ledger.toString()}, more));
    }

    /** Returns the last parts of the adapters' names, as they are listed. */
    private List<String> listed(String... more) {
        Run run = show(Run.join(new String[] {"--format", "csv"}, more));
        assertThat(run.code()).as(run.err()).isZero();
        return run.out()
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst(",.*", "").replaceFirst(".*/", ""))
                .toList();
    }

    @Test
    void theWorstVerdictsComeFirst() {
        assertThat(listed()).containsExactly("odd|name", "blocked", "odd", "good", "mild");
    }

    @Test
    void filtersAndFiguresChooseAndSort() {
        assertThat(listed("--verdict", "allow,Review")).containsExactly("odd", "good", "mild");
        assertThat(listed("--match", "up/*")).containsExactly("blocked", "odd", "mild");
        assertThat(listed("--match", "/good|MILD/")).containsExactly("good");
        assertThat(listed("--match", "*/good,*mild")).containsExactly("good", "mild");
        assertThat(listed("--sort", "max-score")).containsExactly("good", "blocked", "odd", "mild", "odd|name");
        assertThat(listed("--sort", "mean-cosine")).containsExactly("odd", "blocked", "good", "mild", "odd|name");
    }

    @Test
    void theTableHasASummaryFiguresAndReasons() {
        List<String> lines = show("--verdict", "error,block").out().lines().toList();
        assertThat(lines.get(0)).isEqualTo("5 adapters: 2 allowed, 1 to review, 1 blocked, 1 not judged");
        assertThat(lines.get(2))
                .matches("adapter +verdict +max-score +mean-cosine +against-alignment +judged-share +reasons");
        assertThat(lines.get(3)).contains("odd|name", "error", "not valid JSON");
        assertThat(lines.get(4)).contains("up/blocked", "block", "1.5000", "-0.1000", "max-score>1", "; =second");
        assertThat(lines.get(6)).isEqualTo("3 of 5 adapters are not listed: they do not match");
    }

    @ParameterizedTest
    @ValueSource(ints = {70, 80, 100, 120, 200})
    void aNarrowTerminalCutsNamesAndReasonsAndLeavesFiguresOut(int width) {
        List<String> lines = LedgerOutput.write(
                        LedgerReport.read(ledger, "test"), ReportFormat.TABLE, new TableLayout(false, width, false))
                .lines()
                .toList();
        assertThat(lines).allMatch(line -> line.length() <= width);
        assertThat(lines).anyMatch(line -> line.contains("odd|name  error"));
        assertThat(lines).anyMatch(line -> line.contains("1.5000") && line.contains("gate failed"));
        assertThat(lines.get(2).contains("judged-share")).isEqualTo(width > 100);
    }

    @Test
    void csvHasEveryFigureWithAllDigitsAndNoFormula() {
        Run run = show("--format", "csv", "--match", "up/odd");
        assertThat(run.out().lines().toList().get(0))
                .isEqualTo("adapter,verdict,modules,scored,pruned,pruned-fraction,max-score,max-kept-score,"
                        + "pruned-delta-share,judged-share,mean-cosine,against-alignment,reasons,warnings,repaired,created,"
                        + "version");
        assertThat(run.out().lines().toList().get(1)).startsWith("up/odd,review,24,24,6,0.25,0.1,");
    }

    @Test
    void markdownDoesNotAct() {
        String text = show("--format", "markdown").out();
        assertThat(text).contains("### splora fleet\n\n5 adapters: 2 allowed");
        assertThat(text).contains("odd\\|name");
        assertThat(text.lines().filter(line -> line.startsWith("|"))).hasSize(7);
    }

    @Test
    void jsonMatchesItsSchema() {
        ObjectNode document =
                (ObjectNode) show("--format", "json", "--sort", "max-score").json();
        assertThat(SCHEMA.errors(document)).isEmpty();
        assertThat(document.get("entries")).hasSize(5);
        assertThat(document.get("sortedBy").textValue()).isEqualTo("max-score");
        ((ObjectNode) document.get("entries").get(0)).put("verdict", "fine");
        assertThat(SCHEMA.errors(document)).isNotEmpty();
    }

    @Test
    void everyFieldIsInTheSchemaAndRequired() {
        SCHEMA.assertDescribes(LedgerReport.class, "");
        SCHEMA.assertDescribes(LedgerEntry.class, "entry");
        SCHEMA.assertDescribes(RunReport.Summary.class, "figures");
    }

    @Test
    void everyLineIsAnEntry() {
        ObjectNode document = (ObjectNode) show("--format", "json").json();
        Ledger.read(ledger, line -> {
            document.putArray("entries").add(line);
            assertThat(SCHEMA.errors(document)).isEmpty();
        });
    }

    @Test
    void findingsAndTestsAreThoseOfTheFleet() {
        assertThat(show("--format", "sarif").json().at("/runs/0/results")).hasSize(3);
        assertThat(show("--format", "junit").out()).contains("tests=\"5\" failures=\"2\" errors=\"1\"");
    }

    @Test
    void thePageListsThemAndLetsNothingAct() throws IOException {
        Path page = folder.resolve("page.html");
        assertThat(show("--report", page.toString(), "--verdict", "error,block").code())
                .isZero();
        String html = Files.readString(page);
        assertThat(html)
                .contains("5 adapters: 2 allowed, 1 to review, 1 blocked, 1 not judged.")
                .contains("<tr class=\"block\"><td>up/blocked</td>")
                .contains("odd|name")
                .contains("3 of 5 adapters are not listed")
                .contains("default-src 'none'; style-src 'sha256-")
                .doesNotContain("<script", "<b>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fail-on max-score>1 | --fail-on needs the report of a run on adapters: for a ledger, the policy",
                "--heatmap | --heatmap needs the report of a run on adapters, not a ledger",
                "--sort asr | --sort asr: is not a figure; the figures are modules, scored",
                "--match /(/ | --match: '(' is not a valid regular expression",
                "--verdict fine | Invalid value for option '--verdict'",
            })
    void whatDoesNotFitIsWrongUsage(String options, String message) {
        Run run = show(options.split(" "));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void theOptionsNeedALedger() {
        Path report = folder.resolve("report.json");
        Run score = Run.of("score", Testdata.LLAMA, "--format", "json");
        try {
            Files.writeString(report, score.out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Run run = Run.of("show", report.toString(), "--sort", "max-score");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--verdict, --match and --sort need a ledger of 'splora fleet'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"reasons\": | \"reason\": | line 3: is not what 'splora fleet' wrote",
                "\"block\" | \"blocked\" | line 3: is not what 'splora fleet' wrote",
                "\"maxScore\":1.5 | \"maxScore\":\"high\" | line 3: is not what 'splora fleet' wrote",
                "{\"schemaVersion\":1,\"adapter\":\"up/blocked\" | {\"adapter\":\"up/blocked\" | line 3: is not a line of a ledger",
                "{\"schemaVersion\":1,\"adapter\":\"up/blocked\" | torn | line 3: is not a line of a ledger",
            })
    void aBrokenLineIsNamed(String text, String instead, String message) throws IOException {
        List<String> lines = Files.readAllLines(ledger);
        assertThat(lines.get(2)).contains(text);
        lines.set(2, lines.get(2).replace(text, instead));
        Files.write(ledger, lines);
        Run run = show();
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(ledger + ": " + message);
    }

    @Test
    void aLedgerOfAnyNameIsReadAsFarAsItIsWritten() throws IOException {
        String text = Files.readString(ledger);
        Path other = Files.writeString(folder.resolve("verdicts.txt"), text.substring(0, text.length() - 100));
        assertThat(Run.of("show", other.toString()).out()).startsWith("5 adapters: 1 allowed, 1 to review, 2 blocked");
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
        Run run = Run.of("show", empty.toString());
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err()).contains("holds no verdict: 'splora fleet' writes a line once an adapter is judged");
        assertThat(Run.of("show", folder.resolve("none.jsonl").toString()).err())
                .contains("no such file");
    }
}
