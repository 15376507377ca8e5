package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import io.github.splora.report.HashedFile;
import io.github.splora.report.Provenance;
import io.github.splora.report.RunReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reports say about where results come from. */
class ProvenanceTest {

    private static final String REPORT = "splora-report.json";

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("out");
    }

    private Run prune(Testdata model, String... more) {
        Run run = Run.of("prune", model, Run.join(more, "--output", output.toString(), "--format", "json"));
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private static Provenance provenance(Run run) {
        return Objects.requireNonNull(run.report().provenance());
    }

    private static String sha256(byte[]... parts) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (byte[] part : parts) {
            digest.update(part);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--count 3",
                "--metric cosine --threshold -0.01",
                "--metric overlap --fraction 0.2 --seed 4",
                "--reference subspace --energy 0.7 --population all --center median --spread std",
                "--reference safelora --population null --seed 9",
                "--all --include q_proj,v_proj --exclude layers.1.* --action zero",
                "--config-style targets --base-name a/b",
                "--action scale --strength 0.25",
                "--action attenuate --all --action-energy 0.5",
                "--action repair --all --gain 1.5 --restore-modules linear",
                "--prune-module layers.2.*"
            })
    void theExpandedCommandGivesTheSameResult(String options) throws Exception {
        Path file = Files.writeString(folder.resolve("args"), options.replace(" ", "\n"));
        Run run = Run.of("prune", Testdata.LLAMA, "@" + file, "--output", output.toString(), "--format", "json");
        assertThat(run.code()).as(run.err()).isZero();
        List<String> expanded = new ArrayList<>(provenance(run).expandedCommand());
        assertThat(expanded).doesNotContain("@" + file);
        Path again = folder.resolve("again");
        expanded.set(expanded.indexOf(output.toString()), again.toString());
        Run second = Run.of(Run.join(expanded.toArray(String[]::new), "--format", "json"));
        assertThat(second.code()).as(second.err()).isZero();
        for (String name : List.of("adapter_model.safetensors", "adapter_config.json")) {
            assertThat(again.resolve(name)).hasSameBinaryContentAs(output.resolve(name));
        }
        assertThat(second.report().parameters())
                .usingRecursiveComparison()
                .ignoringFields("defaultRule")
                .isEqualTo(run.report().parameters());
        assertThat(provenance(second).expandedCommand()).isEqualTo(expanded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--metric cosine --count 3", "--action restore --all --restore 0.3 --restore-rank 2"})
    void theSameHoldsForAMergedCheckpoint(String options) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("prune", "--base", Testdata.LLAMA.base().toString()));
        arguments.addAll(List.of("--aligned", Testdata.LLAMA.aligned().toString()));
        arguments.addAll(List.of("--adapted", Testdata.LLAMA.base().toString(), "--output", output.toString()));
        arguments.addAll(List.of(options.split(" ")));
        Run run = Run.of(Run.join(arguments.toArray(String[]::new), "--format", "json"));
        assertThat(run.code()).as(run.err()).isZero();
        List<String> expanded = new ArrayList<>(provenance(run).expandedCommand());
        Path again = folder.resolve("again");
        expanded.set(expanded.indexOf(output.toString()), again.toString());
        Run second = Run.of(Run.join(expanded.toArray(String[]::new), "--format", "json"));
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(again.resolve("model.safetensors")).hasSameBinaryContentAs(output.resolve("model.safetensors"));
    }

    @Test
    void aScoresFileAndGatesAreInTheExpandedCommand() throws Exception {
        Path scores = folder.resolve("scores.json");
        Files.writeString(
                scores, Run.of("score", Testdata.LLAMA, "--format", "json").out());
        Run run = prune(Testdata.LLAMA, "--scores", scores.toString(), "--fail-on", "max-score>9");
        assertThat(provenance(run).expandedCommand())
                .contains("--scores", scores.toString(), "--fail-on", "max-score>9", "--strict", "--threshold", "0.5")
                .doesNotContain("--metric");
    }

    @Test
    void everyWrittenFileIsListedWithItsHash() throws Exception {
        Provenance.Output written = provenance(prune(Testdata.LLAMA)).output();
        assertThat(written.path()).isEqualTo(output.toString());
        try (Stream<Path> files = Files.list(output)) {
            assertThat(written.files().stream().map(HashedFile::name).toList())
                    .containsExactlyElementsOf(
                            new TreeSet<>(files.map(file -> file.getFileName().toString())
                                    .filter(name -> !name.equals(REPORT))
                                    .toList()));
        }
        for (HashedFile file : written.files()) {
            byte[] bytes = Files.readAllBytes(output.resolve(file.name()));
            assertThat(file).isEqualTo(new HashedFile(file.name(), bytes.length, sha256(bytes)));
        }
        assertThat(StrictJson.readObject(output.resolve(REPORT)).at("/provenance/output/files"))
                .hasSameSizeAs(written.files());
        HashedFile weights = written.files().stream()
                .filter(file -> file.name().endsWith(".safetensors"))
                .findFirst()
                .orElseThrow();
        assertThat(output.resolve("README.md")).content().contains(weights.sha256());
    }

    @Test
    void aDryRunWritesNothingAndSaysSo() {
        Run run = Run.of("prune", Testdata.LLAMA, "--dry-run", "--format", "json");
        assertThat(provenance(run).output()).isNull();
        assertThat(provenance(run).expandedCommand()).contains("--dry-run");
        assertThat(Run.of("prune", Testdata.LLAMA, "--dry-run").out()).contains("6 of 24 modules to prune");
    }

    @Test
    void checkpointsAreHashedByIndexAndHeadersAndAllOnRequest() throws Exception {
        Path aligned = Testdata.SHARDED.aligned();
        List<Path> shards;
        try (Stream<Path> files = Files.list(aligned)) {
            shards = files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
        byte[] index = Files.readAllBytes(aligned.resolve("model.safetensors.index.json"));
        List<byte[]> parts = new ArrayList<>(List.of(index));
        for (Path shard : shards) {
            byte[] bytes = Files.readAllBytes(shard);
            int length =
                    (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
            parts.add(Arrays.copyOf(bytes, 8 + length));
        }
        RunReport report = Run.of("score", Testdata.SHARDED, "--format", "json").report();
        assertThat(report.inputs().aligned().headersSha256()).isEqualTo(sha256(parts.toArray(byte[][]::new)));
        assertThat(report.inputs().aligned().files()).isNull();

        RunReport all = Run.of("score", Testdata.SHARDED, "--hash", "all", "--format", "json")
                .report();
        assertThat(all.inputs().aligned().headersSha256())
                .isEqualTo(report.inputs().aligned().headersSha256());
        assertThat(all.inputs().aligned().files()).hasSize(1 + shards.size());
        assertThat(all.inputs().aligned().files())
                .contains(new HashedFile("model.safetensors.index.json", index.length, sha256(index)));
        assertThat(all.inputs().base().files()).hasSize(1);
    }

    @Test
    void whatWasDoneBeforeIsKept() {
        Run first = prune(Testdata.LLAMA, "--count", "2");
        assertThat(provenance(first).history()).isEmpty();
        Path twice = folder.resolve("twice");
        Run second =
                Run.of("repair", Testdata.LLAMA.withAdapter(output), "--output", twice.toString(), "--format", "json");
        assertThat(second.code()).as(second.err()).isZero();
        Run third = Run.of("score", Testdata.LLAMA.withAdapter(twice), "--format", "json");
        List<Provenance.Step> steps = provenance(third).history();
        assertThat(steps).extracting(Provenance.Step::action).containsExactly("drop", "repair");
        assertThat(steps).extracting(Provenance.Step::selected).containsExactly(2, 22);
        assertThat(steps).extracting(Provenance.Step::matches).containsExactly(true, true);
        assertThat(steps.get(0).command()).isEqualTo(provenance(first).expandedCommand());
        assertThat(provenance(second).history()).isEqualTo(steps.subList(0, 1));
        assertThat(Run.of("score", Testdata.LLAMA.withAdapter(twice), "--format", "markdown")
                        .out())
                .contains("drop on 2 of 24 modules", "repair on 22 of 22 modules");
        assertThat(twice.resolve("README.md")).content().contains("drop on 2 of 24 modules");
    }

    @Test
    void aReportOfOtherWeightsIsDoubted() throws IOException {
        prune(Testdata.LLAMA, "--count", "2");
        Testdata copy = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("copy"));
        Files.copy(output.resolve(REPORT), copy.adapter().resolve(REPORT));
        Run run = Run.of("score", copy, "--format", "json");
        assertThat(provenance(run).history())
                .extracting(Provenance.Step::matches)
                .containsExactly(false);
        assertThat(run.err()).contains("splora-report.json beside the adapter does not describe its weights");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "{\"schemaVersion\": 1}",
                "{\"schemaVersion\": 2}",
                "{\"schemaVersion\": 1, \"reports\": []}"
            })
    void aBrokenReportStartsTheHistoryAnewAndChangesNothingElse(String content) throws IOException {
        Testdata copy = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("copy"));
        RunReport clean = Run.of("score", copy, "--fail-on", "pruned>9", "--format", "json")
                .report();
        Files.writeString(copy.adapter().resolve(REPORT), content);
        Run run = Run.of("score", copy, "--fail-on", "pruned>9", "--format", "json");
        assertThat(run.code()).isZero();
        assertThat(run.report().modules()).isEqualTo(clean.modules());
        assertThat(run.report().verdict()).isEqualTo(clean.verdict());
        assertThat(provenance(run).history()).isEmpty();
        assertThat(run.err()).contains("the history starts here");
    }

    @Test
    void aStrangersHistoryIsBoundedAndActsNowhere() throws IOException {
        prune(Testdata.LLAMA, "--count", "2");
        Path file = output.resolve(REPORT);
        ObjectNode report = StrictJson.readObject(file);
        ArrayNode history = ((ObjectNode) report.get("provenance")).putArray("history");
        for (int i = 0; i < 1000; i++) {
            ObjectNode step = history.addObject()
                    .put("tool", "\u001b[2J<script>" + "x".repeat(10_000))
                    .put("action", "| **@all** |\n# gate passed")
                    .put("selected", -1)
                    .put("modules", 3)
                    .put("outputSha256", "f".repeat(64))
                    .put("inputSha256", "f".repeat(64))
                    .put("matches", true);
            ArrayNode command = step.putArray("command");
            for (int j = 0; j < 1000; j++) {
                command.add("y");
            }
        }
        Files.writeString(file, StrictJson.write(report));
        Path page = folder.resolve("page.html");
        Testdata pruned = Testdata.LLAMA.withAdapter(output);
        Run run = Run.of("score", pruned, "--format", "json", "--report", page.toString(), "--fail-on", "pruned>9");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(provenance(run).history()).hasSize(20).allSatisfy(step -> {
            assertThat(step.tool().length()).isLessThan(600);
            assertThat(step.command()).hasSizeLessThanOrEqualTo(200);
        });
        assertThat(page).content().doesNotContain("[2J<script>x");
        String markdown = Run.of("score", pruned, "--format", "markdown").out();
        assertThat(markdown).doesNotContain("\n# gate", "\u001b");
        assertThat(markdown.lines().filter(line -> line.contains("@all"))).allMatch(line -> line.contains("`"));
    }

    @Test
    void aSweepsWinnerSaysWhyItWasChosen() {
        String evaluate = "printf '{\"asr\": %s, \"utility\": 1}' $(wc -c < {adapter}/adapter_model.safetensors)";
        Run run = Run.of(
                "sweep",
                Testdata.LLAMA,
                "--candidate",
                "--count {1,2}",
                "--evaluate",
                evaluate,
                "--require",
                "utility>=1",
                "--output",
                output.toString(),
                "--format",
                "json");
        assertThat(run.code()).as(run.err()).isZero();
        RunReport report = RunReport.read(output.resolve(REPORT));
        Provenance.ChoiceBySweep choice = report.provenance().evaluation();
        assertThat(choice.command()).isEqualTo(evaluate);
        assertThat(choice.candidate()).isEqualTo(run.json().get("winner").intValue());
        assertThat(choice.candidates()).isEqualTo(3);
        assertThat(choice.requirements()).containsExactly("utility>=1");
        assertThat(choice.figures().get("asr"))
                .isEqualTo((double)
                        output.resolve("adapter_model.safetensors").toFile().length())
                .isLessThan(choice.unchanged().get("asr"));
        assertThat(report.provenance().expandedCommand()).contains("prune", "--count", "2");
        assertThat(output.resolve("README.md")).content().contains("candidate 2 of 2 of a sweep");
    }

    @Test
    void inputsFromTheHubsCacheAreNamedWithTheirCommits() throws IOException {
        String commit = "0123456789abcdef0123456789abcdef01234567";
        Path snapshots = Files.createDirectories(folder.resolve("hub/models--org--lora/snapshots"));
        Testdata.LLAMA.withAdapterCopiedTo(snapshots.resolve(commit));
        Run run = Run.of("score", Testdata.LLAMA.withAdapter(snapshots.resolve(commit)), "--format", "json");
        assertThat(run.report().inputs().adapter().commit()).isEqualTo(commit);
        assertThat(run.report().inputs().base().commit()).isNull();
    }
}
