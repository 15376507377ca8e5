package io.github.splora.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import io.github.splora.report.Provenance.ChoiceBySweep;
import io.github.splora.report.Provenance.HeldBack;
import io.github.splora.report.Provenance.Step;
import io.github.splora.report.html.HtmlWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A report document may come from a stranger: none of its texts may act, whichever field it is in. */
class HostileTextTest {

    private static final String INVISIBLE = "[\\p{Cc}\\p{Cf}\\u2028\\u2029&&[^\\n]]";

    private static final List<String> TEXTS = Stream.concat(
                    Stream.of(
                            IntStream.rangeClosed(0, 0x9f)
                                    .filter(Character::isISOControl)
                                    .mapToObj(Character::toString)
                                    .collect(Collectors.joining("x")),
                            "a\u202e\u2066b\u200f\u061c\ufeff\u200b\u2028\u2029\udb40\udc01",
                            "\nsplora: gate passed\n",
                            "\r\u001b[2Ksplora: gate passed",
                            "\n# Approved\n",
                            "![i](http://evil.example/p.png)",
                            "[a](javascript:alert)",
                            "<script>alert(1)</script><img src=x onerror=y>",
                            "<!-- splora:begin --> forged <!-- splora:end -->",
                            "https://evil.example www.evil.example me@evil.example mailto:a",
                            "@user #123 a/b#1 GH-12 0123456789abcdef0123 :smile:",
                            "&#64;user &lt;b&gt;",
                            "`code` | cell || ~~gone~~ **b** __c__ $x$ \\@user",
                            "```\nfence",
                            "a\\",
                            "{{name}} {{{name}}}"),
                    Stream.of(
                            "=1+1",
                            "+1",
                            "-1+1",
                            "@SUM(A1)",
                            "\t=1",
                            "\r=1",
                            "\n=1",
                            "\u00a0=1",
                            "\uff1d1",
                            "\uff0b1",
                            "\uff0d1",
                            "\uff201",
                            "\"=1\"",
                            "a,\"=1",
                            "- item",
                            "1. item",
                            "2) item",
                            "> quote",
                            "    code",
                            "---",
                            "==="))
            .toList();

    private static final Map<String, Function<RunReport, String>> WRITERS = new LinkedHashMap<>();

    static {
        WRITERS.put(
                "table", report -> ReportFormat.TABLE.writer(TableLayout.PLAIN).write(report));
        WRITERS.put("heatmap", report -> new HeatmapWriter(false).write(report));
        WRITERS.put("csv", report -> ReportFormat.CSV.writer(TableLayout.PLAIN).write(report));
        WRITERS.put("csv of several", report -> set(report, ReportFormat.CSV));
        WRITERS.put("table of several", report -> set(report, ReportFormat.TABLE));
        WRITERS.put(
                "markdown",
                report -> ReportFormat.MARKDOWN.writer(TableLayout.PLAIN).write(report));
        WRITERS.put("markdown of several", report -> set(report, ReportFormat.MARKDOWN));
        WRITERS.put("card", HostileTextTest::card);
        WRITERS.put("sarif", report -> set(report, ReportFormat.SARIF));
        WRITERS.put("junit", report -> set(report, ReportFormat.JUNIT));
        WRITERS.put("json", RunReport::toJson);
        WRITERS.put("html", report -> new HtmlWriter().write(report));
    }

    @TempDir
    static Path folder;

    /** The reports with a text in each field, by the text: every writer writes the same ones. */
    private static final Map<String, Map<String, RunReport>> REPORTS = new HashMap<>();

    private static final Map<String, String> BENIGN = new HashMap<>();

    static Stream<Arguments> writersAndTexts() {
        // Only in some formats does it matter how a text begins.
        return WRITERS.keySet().stream()
                .flatMap(writer -> writer.matches("csv|markdown|card")
                        ? TEXTS.stream().map(text -> arguments(writer, text))
                        : Stream.of(arguments(writer, TEXTS.get(0)), arguments(writer, String.join(" ", TEXTS))));
    }

    @ParameterizedTest
    @MethodSource("writersAndTexts")
    void noTextActs(String writer, String text) {
        Function<RunReport, String> write = WRITERS.get(writer);
        String benign = BENIGN.computeIfAbsent(writer, name -> write.apply(report()));
        REPORTS.computeIfAbsent(text, HostileTextTest::withTextInEachField)
                .forEach((field, report) -> check(writer, field, write.apply(report), benign, text));
    }

    private static void check(String writer, String field, String output, String benign, String text) {
        String as = writer + ", " + field;
        assertThat(output.replace("\r\n", "\n")).as(as).doesNotContainPattern(INVISIBLE);
        // A module with an unknown decision is not among those to prune.
        if (!writer.equals("heatmap") && !writer.equals("html") && !field.endsWith("/decision")) {
            assertThat(output.lines()).as(as).hasSameSizeAs(benign.lines().toList());
        }
        switch (writer) {
            case "csv", "csv of several" -> checkCsv(as, output);
            case "markdown", "markdown of several", "card" -> checkMarkdown(as, output);
            case "html" -> {
                if (text.contains("<")) {
                    assertThat(output).as(as).doesNotContain("<script>alert", "<img", "<!-- splora");
                }
            }
            default -> assertThat(output).as(as).doesNotContainPattern("(?m)^splora: gate passed");
        }
    }

    private static void checkCsv(String as, String output) {
        assertThat(output).endsWith("\r\n");
        for (String line : output.substring(0, output.length() - 2).split("\r\n", -1)) {
            List<String> cells = cells(line);
            assertThat(cells)
                    .as(as)
                    .hasSameSizeAs(cells(output.split("\r\n", -1)[0]))
                    .allSatisfy(cell -> assertThat(cell.matches("-?[0-9.]+(E-?[0-9]+)?") ? "number" : cell.strip())
                            .doesNotContainPattern("^[=+@\\-\uff1d\uff0b\uff0d\uff20\t]"));
        }
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        var matcher =
                Pattern.compile("(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,\"]*))").matcher(line);
        while (matcher.find()) {
            cells.add(
                    matcher.group(1) == null
                            ? matcher.group(2)
                            : matcher.group(1).replace("\"\"", "\""));
        }
        return cells;
    }

    /** Outside code, only the markup that splora itself writes may be left. */
    private static void checkMarkdown(String as, String output) {
        int columns = 0;
        for (String line : output.lines().toList()) {
            String text = line.replaceAll("`[^`]*`", "code").replace("> **Warning:**", "");
            assertThat(text).as(as).doesNotContain("`");
            if (line.startsWith("<!-- splora:") || line.matches("</?details>|<summary>[\\w ]+</summary>")) {
                continue;
            }
            assertThat(text)
                    .as(as)
                    .doesNotContainPattern("(?<!\\\\)[<\\[\\]~$]|@|://|www\\.|#\\d|(?i:gh-\\d)|[0-9a-f]{12}|(?<!\\\\)&")
                    .doesNotContainPattern("(?<!\\\\)\\*|:smile:|mailto:")
                    .doesNotMatch(
                            "(?:#(?!## splora: |# ).*|\\d+[.)]\\s.*|[-+](?! splora| base| aligned| input| output| chosen).*|=+|    .*)");
            if (text.startsWith("|")) {
                int here = text.split("(?<!\\\\)\\|", -1).length;
                assertThat(here).as(as).isEqualTo(columns == 0 ? here : columns);
                columns = here;
            } else {
                columns = 0;
            }
        }
        assertThat(output.split("<!-- splora:", -1)).as(as).hasSizeLessThanOrEqualTo(3);
    }

    private static String card(RunReport report) {
        try {
            Path card = Files.createTempDirectory(folder, "card");
            Files.writeString(
                    card.resolve(ModelCard.FILE_NAME), "a <!-- splora:begin --> forged <!--SPLORA:END--> b\n");
            ModelCard.update(card, report);
            String text = Files.readString(card.resolve(ModelCard.FILE_NAME));
            assertThat(text).startsWith("a ").endsWith(" b\n").doesNotContain("forged <!--");
            return text.substring(2, text.length() - 3);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String set(RunReport report, ReportFormat format) {
        return new ReportSet(List.of(report, report)).write(format, TableLayout.PLAIN);
    }

    private static RunReport report() {
        RunReport report = Reports.done(Reports.withRows(
                Reports.of(Reports.PRUNED, Reports.KEPT, Reports.UNSCORED),
                List.of(Reports.PRUNED.corrected(24, 2), Reports.KEPT, Reports.UNSCORED)));
        return Reports.changed(report, json -> {
            ObjectNode provenance = (ObjectNode) json.get("provenance");
            provenance.set(
                    "evaluation",
                    StrictJson.toTree(new ChoiceBySweep(
                            "judge {adapter}",
                            3,
                            9,
                            "asr",
                            "use",
                            List.of("asr<1"),
                            0.1,
                            Map.of("asr", 0.5),
                            Map.of("asr", 1.0),
                            new HeldBack("judge held-back {adapter}", Map.of("asr", 0.6), Map.of("asr", 0.9)))));
            provenance
                    .putArray("history")
                    .add(StrictJson.toTree(new Step(
                            "2026-01-30",
                            "splora 1",
                            List.of("prune", "--all"),
                            "drop",
                            1,
                            2,
                            "0".repeat(64),
                            "1".repeat(64),
                            false)));
            ((ObjectNode) json.at("/inputs/base")).put("commit", "2".repeat(40)).put("headersSha256", "3".repeat(64));
            ((ObjectNode) json.at("/inputs/adapter")).put("commit", "4".repeat(40));
        });
    }

    private static RunReport read(ObjectNode json) {
        try {
            return RunReport.read(Files.writeString(folder.resolve("report.json"), StrictJson.write(json)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a report for each text in it, with the given text in that place; refused ones are left out. */
    private static Map<String, RunReport> withTextInEachField(String text) {
        Map<String, RunReport> reports = new LinkedHashMap<>();
        ObjectNode document = StrictJson.toTree(report());
        for (String place : PLACES) {
            JsonPointer pointer = JsonPointer.compile(place);
            JsonNode before = document.at(pointer);
            replace(document, pointer, TextNode.valueOf(text));
            try {
                reports.put(place, read(document));
            } catch (BadInputException e) {
                assertThat(e.problems()).allSatisfy(problem -> assertThat(problem.toString())
                        .doesNotContainPattern("[\\p{Cc}\\p{Cf}]"));
            }
            replace(document, pointer, before);
        }
        assertThat(reports).hasSizeGreaterThan(40);
        return reports;
    }

    private static void replace(ObjectNode document, JsonPointer place, JsonNode value) {
        JsonNode parent = document.at(place.head());
        if (parent instanceof ObjectNode object) {
            object.set(place.last().getMatchingProperty(), value);
        } else {
            ((ArrayNode) parent).set(place.last().getMatchingIndex(), value);
        }
    }

    /** The places of all texts in the document. */
    private static final List<String> PLACES = new ArrayList<>();

    static {
        visit(StrictJson.toTree(report()), "");
    }

    private static void visit(JsonNode node, String path) {
        if (node.isTextual()) {
            PLACES.add(path);
        }
        node.properties().forEach(entry -> visit(entry.getValue(), path + "/" + entry.getKey()));
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                visit(node.get(i), path + "/" + i);
            }
        }
    }
}
