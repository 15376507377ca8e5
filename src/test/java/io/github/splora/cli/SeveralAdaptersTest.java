package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several adapters in one run give the same results as separate runs. */
class SeveralAdaptersTest {

    private static final Testdata MODEL = Testdata.LLAMA;

    @TempDir
    Path folder;

    private Path first;
    private Path second;
    private Path output;

    @BeforeEach
    void makeAdapters() throws IOException {
        first = copy(MODEL.adapter(), folder.resolve("adapters/first"));
        second = copy(Testdata.PATTERNS.adapter(), folder.resolve("adapters/second"));
        output = folder.resolve("out");
    }

    private static Path copy(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    private Run run(String command, List<Path> adapters, String... more) {
        List<String> args = new ArrayList<>(List.of(
                command,
                "--base",
                MODEL.base().toString(),
                "--aligned",
                MODEL.aligned().toString(),
                "--device",
                "cpu"));
        adapters.forEach(adapter -> args.addAll(List.of("--adapter", adapter.toString())));
        args.addAll(List.of(more));
        return Run.of(args.toArray(String[]::new));
    }

    private Run score(List<Path> adapters, String... more) {
        return run("score", adapters, more);
    }

    private Run prune(List<Path> adapters, String... more) {
        return run("prune", adapters, Run.join(more, "--output", output.toString()));
    }

    /** Returns a report without the fields that differ from run to run. */
    private static JsonNode lasting(JsonNode report) {
        ObjectNode lasting = ((ObjectNode) report.deepCopy()).without(List.of("timing", "command"));
        ObjectNode provenance = (ObjectNode) lasting.get("provenance");
        provenance.remove("created");
        if (provenance.get("output") instanceof ObjectNode written) {
            String path = written.remove("path").textValue();
            List<String> command = new ArrayList<>();
            provenance.get("expandedCommand").forEach(argument -> command.add(argument.textValue()));
            assertThat(command).endsWith("--output", path);
            provenance.remove("expandedCommand");
            // The card states the time.
            Iterator<JsonNode> files = written.get("files").elements();
            files.forEachRemaining(file -> {
                if (file.get("name").textValue().equals("README.md")) {
                    ((ObjectNode) file).remove("sha256");
                }
            });
        }
        return lasting;
    }

    @ParameterizedTest
    @ValueSource(strings = {"alignment", "safelora"})
    void scoresThemToTheLastBitAsByThemselves(String reference) {
        Run together = score(List.of(first, second), "--format", "json", "--reference", reference);
        assertThat(together.code()).as(together.err()).isZero();
        assertThat(together.json().get("schemaVersion").intValue()).isEqualTo(1);
        JsonNode reports = together.json().get("reports");
        assertThat(reports).hasSize(2);
        assertThat(lasting(reports.get(0)))
                .isEqualTo(lasting(score(List.of(first), "--format", "json", "--reference", reference)
                        .json()));
        assertThat(lasting(reports.get(1)))
                .isEqualTo(lasting(score(List.of(second), "--format", "json", "--reference", reference)
                        .json()));
    }

    @Test
    void aFolderOfAdaptersStandsForAllOfThem() {
        JsonNode named =
                score(List.of(first, second), "--format", "json").json().get("reports");
        JsonNode inFolder = score(List.of(folder.resolve("adapters")), "--format", "json")
                .json()
                .get("reports");
        assertThat(inFolder.findValuesAsText("path")).isEqualTo(named.findValuesAsText("path"));
        assertThat(lasting(inFolder.get(1))).isEqualTo(lasting(named.get(1)));
    }

    @Test
    void prunesEachIntoAFolderOfItsName() throws IOException {
        assertThat(prune(List.of(first, second)).code()).isZero();
        for (Path adapter : List.of(first, second)) {
            Path alone = folder.resolve("alone");
            assertThat(run("prune", List.of(adapter), "--output", alone.toString(), "--force")
                            .code())
                    .isZero();
            for (String file : List.of("adapter_model.safetensors", "adapter_config.json")) {
                assertThat(output.resolve(adapter.getFileName()).resolve(file))
                        .hasSameBinaryContentAs(alone.resolve(file));
            }
            assertThat(lasting(StrictJson.readObject(
                            output.resolve(adapter.getFileName()).resolve("splora-report.json"))))
                    .isEqualTo(lasting(StrictJson.readObject(alone.resolve("splora-report.json"))));
        }
        try (Stream<Path> entries = Files.list(output)) {
            assertThat(entries.map(Path::getFileName).map(Path::toString)).containsExactlyInAnyOrder("first", "second");
        }
    }

    @Test
    void aBadOneAmongThemIsNamedAndNothingIsWritten() throws IOException {
        Files.writeString(second.resolve("adapter_config.json"), "{}");
        Path third = copy(Testdata.GPT2.adapter(), folder.resolve("third"));
        Run run = prune(List.of(first, second));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .singleElement()
                .asString()
                .startsWith("splora: --adapter ")
                .contains(second.toString());
        run = prune(List.of(first, third));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err()).contains("transformer.h.0");
        assertThat(output).doesNotExist();
    }

    @Test
    void twoOfTheSameNameCannotBeWrittenSideBySide() throws IOException {
        Path other = copy(MODEL.adapter(), folder.resolve("elsewhere/first"));
        Run run = prune(List.of(first, other));
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.errors())
                .containsExactly("splora: --adapter: " + other + ": would be written to " + output.resolve("first")
                        + ", and so would " + first + "; prune one of them by itself, or rename its folder");
        assertThat(output).doesNotExist();
    }

    @Test
    void whatStandsInTheWayOfOneStopsAll() throws IOException {
        Files.createDirectories(output.resolve("second"));
        Files.writeString(output.resolve("second/mine"), "x");
        assertThat(prune(List.of(first, second)).code()).isEqualTo(4);
        assertThat(output).isDirectoryNotContaining(path -> path.endsWith("first"));
        assertThat(output.resolve("second")).isDirectoryContaining(path -> path.endsWith("mine"));
    }

    @Test
    void theGateAsksEachAndNamesTheOneThatIsNot() {
        Run run = score(List.of(first, second), "--fail-on", "modules>30");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.errors())
                .containsExactly(
                        "splora: " + first + ": gate passed: modules 24, not > 30",
                        "splora: " + second + ": gate failed: modules 42 > 30");
    }

    @Test
    void tablesStandUnderTheAdaptersNames() {
        assertThat(score(List.of(first, second)).out())
                .startsWith(first + "\n\n")
                .contains("\n" + second + "\n\n");
        assertThat(score(List.of(first, second), "--format", "markdown").out())
                .startsWith("## `" + first + "`\n\n### splora");
    }

    @Test
    void csvIsOneTableWithTheAdapterInTheFirstColumn() {
        List<String> lines =
                score(List.of(first, second), "--format", "csv").out().lines().toList();
        assertThat(lines).hasSize(1 + 24 + 42);
        assertThat(lines.get(0)).startsWith("adapter,name,block,");
        assertThat(lines.get(24)).startsWith(first + ",model.layers.");
        assertThat(lines.get(25)).startsWith(second + ",model.layers.");
    }

    @Test
    void whatIsOfOneAdapterIsRefusedForSeveral() throws IOException {
        Run report = score(
                List.of(folder.resolve("adapters")),
                "--report",
                folder.resolve("r.html").toString());
        assertThat(report.code()).isEqualTo(2);
        assertThat(report.err()).startsWith("splora: --report shows one adapter");
        Run saved = prune(
                List.of(first, second),
                "--scores",
                folder.resolve("scores.json").toString());
        assertThat(saved.code()).isEqualTo(2);
        assertThat(saved.err()).startsWith("splora: --scores holds the scores of one adapter");
    }

    @Test
    void aDocumentOfSeveralReportsIsNamedWhereOneIsExpected() throws IOException {
        Path all = Files.writeString(
                folder.resolve("all.json"),
                score(List.of(first, second), "--format", "json").out());
        String expected = "splora: " + all + ": reports: must be a single report";
        assertThat(prune(List.of(first), "--scores", all.toString()).err()).startsWith(expected);
        assertThat(Run.of("show", all.toString()).out())
                .isEqualTo(score(List.of(first, second)).out());
    }

    @Test
    void problemsOfAllAreToldAndEachSaysWhoseItIs() throws IOException {
        Path third = copy(Testdata.GPT2.adapter(), folder.resolve("third"));
        Path fourth = copy(Testdata.GPT2.adapter(), folder.resolve("fourth"));
        Run misfits = score(List.of(first, third, fourth));
        assertThat(misfits.code()).isEqualTo(4);
        assertThat(misfits.errors())
                .anyMatch(line -> line.startsWith("splora: " + third + ": "))
                .anyMatch(line -> line.startsWith("splora: " + fourth + ": "))
                .noneMatch(line -> line.contains(first.toString()));
        Run filtered = score(List.of(first, second), "--include", "none");
        assertThat(filtered.errors())
                .hasSize(2)
                .allMatch(line -> line.contains(": --include, --exclude: these leave no module of the adapter"));
        Run client =
                prune(List.of(second, copy(Testdata.PATTERNS.adapter(), folder.resolve("fifth"))), "--client", "vllm");
        assertThat(client.code()).isEqualTo(4);
        assertThat(client.err()).contains(second.toString()).contains("fifth");
    }

    @Test
    void whatAKilledRunLeftInTheFolderIsNoAdapter() throws IOException {
        copy(MODEL.adapter(), folder.resolve("adapters/.first.splora-old-1"));
        assertThat(score(List.of(folder.resolve("adapters")), "--format", "json")
                        .json()
                        .get("reports"))
                .hasSize(2);
    }

    @Test
    void heatmapsStandUnderTheAdaptersNames() {
        assertThat(score(List.of(first, second), "--heatmap").out())
                .contains("\n" + first + "\n\nscore by type and block")
                .contains("\n" + second + "\n\nscore by type and block");
    }
}
