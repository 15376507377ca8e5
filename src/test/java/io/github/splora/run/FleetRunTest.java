package io.github.splora.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.fleet.FleetVerdict;
import io.github.splora.fleet.Ledger;
import io.github.splora.fleet.Policy;
import io.github.splora.gate.Gates;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.Resources;
import io.github.splora.report.RunReport;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.storage.DType;
import io.github.splora.surgery.ActionKind;
import io.github.splora.tensor.KernelKind;
import io.github.splora.testing.Refusal;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import io.github.splora.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fleet gets one verdict per adapter, whatever is wrong with the others and however often the run is interrupted. */
class FleetRunTest {

    private static final List<String> MODULES = IntStream.range(0, 4)
            .mapToObj(i -> "model.layers." + i / 2 + ".self_attn." + (i % 2 == 0 ? "q_proj" : "v_proj"))
            .toList();
    private static final RunContext CONTEXT = new RunContext(
            new HubCache(Path.of("target", "no-such-hub")),
            Progress.SILENT,
            List.of(),
            "test",
            new ReportClock(Optional.of(Instant.EPOCH)));

    @TempDir
    Path folder;

    private Path adapters;
    private Path ledger;
    private Path table;
    private long memory = Resources.DEFAULT_MEMORY;
    private ClientKind client = ClientKind.PEFT;
    private Policy policy = Policy.NONE;
    private Optional<Path> repairs = Optional.empty();

    @BeforeEach
    void makeModels() {
        model(1).writeTo(folder.resolve("base"));
        model(2).writeTo(folder.resolve("aligned"));
        adapters = folder.resolve("adapters");
        ledger = folder.resolve("ledger.jsonl");
        table = folder.resolve("modules.csv");
        for (int i = 0; i < 6; i++) {
            adapter(i).writeTo(adapters.resolve("good" + i));
        }
    }

    private static TinyCheckpoint model(long seed) {
        TinyCheckpoint checkpoint = new TinyCheckpoint().seed(seed);
        MODULES.forEach(module -> checkpoint.random(module + ".weight", 6, 10));
        return checkpoint.random("model.norm.weight", 10);
    }

    private TinyAdapter adapter(long seed) {
        TinyAdapter adapter = new TinyAdapter()
                .seed(seed)
                .config(
                        "base_model_name_or_path",
                        '"' + folder.resolve("aligned").toString() + '"');
        MODULES.forEach(module -> adapter.module(module, 6, 10));
        return adapter;
    }

    private ScoreOptions score(List<String> given) {
        return new ScoreOptions(
                folder.resolve("base").toString(),
                folder.resolve("aligned").toString(),
                given,
                Optional.empty(),
                "main",
                Scheme.of(MetricKind.E_DIEM, ReferenceKind.ALIGNMENT, PopulationKind.ALL),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Granularity.MODULE,
                client,
                "cpu",
                KernelKind.JAVA,
                new Resources(2, memory),
                Gates.NONE);
    }

    private FleetSummary run(boolean isResuming) throws IOException {
        return run(isResuming, FleetProgress.SILENT, Optional.empty());
    }

    private FleetSummary run(boolean isResuming, FleetProgress progress, Optional<Duration> watch) throws IOException {
        return new FleetRun(CONTEXT, progress)
                .run(new FleetOptions(
                        score(List.of()),
                        adapters,
                        ledger,
                        Optional.ofNullable(table),
                        policy,
                        isResuming,
                        repairs,
                        Surgery.of(ActionKind.REPAIR, null),
                        watch));
    }

    private List<ObjectNode> lines() {
        List<ObjectNode> lines = new ArrayList<>();
        Ledger.read(ledger, lines::add);
        return lines;
    }

    private ObjectNode line(String name) {
        return lines().stream()
                .filter(each -> each.path("adapter").textValue().endsWith("/" + name))
                .findFirst()
                .orElseThrow();
    }

    private String verdict(String name) {
        return line(name).path("verdict").textValue();
    }

    private String reasons(String name) {
        return line(name).path("reasons").toString();
    }

    @Test
    void everyAdapterGetsTheFiguresOfARunOfItsOwn() throws IOException {
        assertThat(run(false).count(FleetVerdict.ALLOW)).isEqualTo(6);
        for (int i = 0; i < 6; i++) {
            RunReport alone = new AdapterRun(CONTEXT)
                    .score(score(List.of(adapters.resolve("good" + i).toString())))
                    .get(0);
            ObjectNode line = line("good" + i);
            assertThat(line.at("/figures/maxScore").doubleValue())
                    .isEqualTo(alone.summary().maxScore());
            assertThat(line.at("/figures/meanCosine").doubleValue())
                    .isEqualTo(alone.summary().meanCosine());
            assertThat(line.at("/files/adapter_model.safetensors").textValue())
                    .isEqualTo(alone.inputs().adapter().sha256());
        }
        assertThat(Files.readAllLines(table)).hasSize(1 + 6 * MODULES.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2000, 1 << 28})
    void wavesOfAnySizeGiveTheSameLedger(long bytes) throws IOException {
        run(false);
        List<String> expected = Files.readAllLines(ledger);
        ledger = folder.resolve("other.jsonl");
        table = folder.resolve("other.csv");
        memory = bytes;
        run(false);
        assertThat(ledger).content().isEqualTo(String.join("\n", expected) + "\n");
    }

    @Test
    void anAdapterThatCannotBeJudgedIsAnErrorAndStopsNoOther() throws IOException {
        adapter(7).writeTo(adapters.resolve("nan"));
        breakWithNaN(adapters.resolve("nan"));
        Files.createDirectories(adapters.resolve("noconfig"));
        Files.copy(
                adapters.resolve("good0/adapter_model.safetensors"),
                adapters.resolve("noconfig/adapter_model.safetensors"));
        adapter(8).writeTo(adapters.resolve("cut"));
        cut(adapters.resolve("cut/adapter_model.safetensors"));
        adapter(9).writeConfigTo(adapters.resolve("pickle"));
        Files.write(adapters.resolve("pickle/adapter_model.bin"), new byte[] {(byte) 0x80, 2, 'c', 'o', 's', '\n'});
        new TinyAdapter().module("other.q_proj", 6, 10).writeTo(adapters.resolve("unfit"));
        adapter(10).writeConfigTo(adapters.resolve("bomb"));
        // A text of a tebibyte, in a file of eleven bytes.
        Files.write(
                adapters.resolve("bomb/adapter_model.bin"),
                ByteBuffer.allocate(11)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(new byte[] {(byte) 0x80, 4, (byte) 0x8e})
                        .putLong(1L << 40)
                        .array());
        adapter(11)
                .config("base_model_name_or_path", '"' + folder.resolve("base").toString() + '"')
                .writeTo(adapters.resolve("foreign"));
        FleetSummary summary = run(false);
        for (String bad : List.of("nan", "noconfig", "cut", "pickle", "unfit", "bomb")) {
            assertThat(verdict(bad)).as(bad).isEqualTo("error");
            assertThat(reasons(bad)).as(bad).isNotEqualTo("[]");
            assertThat(line(bad).path("figures").isNull()).isTrue();
        }
        assertThat(reasons("nan")).contains("NaN");
        assertThat(verdict("foreign")).isEqualTo("block");
        assertThat(summary.count(FleetVerdict.ERROR)).isEqualTo(6);
        assertThat(summary.count(FleetVerdict.BLOCK)).isEqualTo(1);
        assertThat(summary.count(FleetVerdict.ALLOW)).isEqualTo(6);
        assertThat(summary.isAllAllowed()).isFalse();
    }

    /** Trainers write checkpoints into the folder of the final adapter. */
    @Test
    void anAdapterInTheFolderOfAnotherFailsAlone() throws IOException {
        Path checkpoint = adapters.resolve("good0/checkpoint-1");
        adapter(12).writeTo(checkpoint);
        breakWithNaN(checkpoint);
        assertThat(run(false).count(FleetVerdict.ALLOW)).isEqualTo(6);
        assertThat(verdict("checkpoint-1")).isEqualTo("error");
    }

    private static void breakWithNaN(Path adapter) throws IOException {
        Path file = adapter.resolve("adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(file, bytes);
    }

    private static void cut(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 10));
    }

    @Test
    void aPolicyBlocksAndAsksForReview() throws IOException {
        run(false);
        double[] scores = lines().stream()
                .mapToDouble(line -> line.at("/figures/maxScore").doubleValue())
                .sorted()
                .toArray();
        Path file = Files.writeString(
                folder.resolve("policy.json"),
                "{\"block\": [\"max-score>" + scores[3] + "\"], \"review\": [\"max-score>" + scores[1] + "\"]}");
        policy = Policy.read(file);
        FleetSummary summary = run(true);
        assertThat(summary.count(FleetVerdict.ALLOW)).isEqualTo(2);
        assertThat(summary.count(FleetVerdict.REVIEW)).isEqualTo(2);
        assertThat(summary.count(FleetVerdict.BLOCK)).isEqualTo(2);
        assertThat(lines().stream()
                        .filter(line -> line.path("verdict").textValue().equals("block"))
                        .map(line -> line.path("reasons").toString()))
                .allMatch(reasons -> reasons.contains("gate failed: max-score"));
    }

    @Test
    void whatChangesTheModelWithoutAScoreBlocksUnlessThePolicyAcceptsIt() throws IOException {
        adapter(7)
                .config("modules_to_save", "[\"norm\"]")
                .tensor(TinyTensor.zeros("base_model.model.model.norm.weight", DType.F32, 10))
                .writeTo(adapters.resolve("saved"));
        run(false);
        assertThat(verdict("saved")).isEqualTo("block");
        assertThat(reasons("saved")).contains("model.norm");
        policy = new Policy(List.of(), List.of(), List.of("norm"), false);
        run(true);
        assertThat(lines().get(lines().size() - 1).path("verdict").textValue()).isEqualTo("allow");
    }

    @Test
    void anAdapterOfAnotherModelIsBlockedUnlessThePolicyAllowsIt() throws IOException {
        adapter(7)
                .config("base_model_name_or_path", '"' + folder.resolve("base").toString() + '"')
                .writeTo(adapters.resolve("swapped"));
        run(false);
        assertThat(verdict("swapped")).isEqualTo("block");
        assertThat(reasons("swapped")).contains("which is --base, not --aligned");
        policy = new Policy(List.of(), List.of(), List.of(), true);
        run(true);
        assertThat(lines().get(lines().size() - 1).path("verdict").textValue()).isEqualTo("allow");
    }

    @Test
    void aResumedRunSkipsWhatTheLedgerHasAndEndsLikeAnUndisturbedOne() throws IOException {
        run(false);
        String whole = Files.readString(ledger);
        String rows = Files.readString(table);
        List<String> lines = whole.lines().toList();
        for (int kept = 0; kept <= lines.size(); kept++) {
            String before = String.join("\n", lines.subList(0, kept)) + (kept == 0 ? "" : "\n");
            String cut = kept == lines.size() ? "" : lines.get(kept).substring(0, 50);
            Files.writeString(ledger, before + cut);
            // Rows of an adapter whose line was not written.
            Files.writeString(table, rows);
            List<String> judged = new ArrayList<>();
            FleetSummary summary = run(
                    true,
                    new FleetProgress() {
                        @Override
                        public void judged(io.github.splora.fleet.LedgerEntry entry) {
                            judged.add(entry.adapter());
                        }
                    },
                    Optional.empty());
            assertThat(judged).hasSize(lines.size() - kept);
            assertThat(summary.skipped()).isEqualTo(kept);
            assertThat(summary.count(FleetVerdict.ALLOW)).isEqualTo(6);
            assertThat(ledger).content().isEqualTo(whole);
            assertThat(table).content().isEqualTo(rows);
        }
    }

    @Test
    void aParquetTableOfAResumedRunEqualsThatOfAnUndisturbedOne() throws IOException {
        table = folder.resolve("modules.parquet");
        Path rows = folder.resolve("modules.parquet.csv");
        run(false);
        byte[] whole = Files.readAllBytes(table);
        String csv = Files.readString(rows);
        List<String> lines = Files.readAllLines(ledger);
        for (int kept = 0; kept <= lines.size(); kept++) {
            Files.writeString(ledger, String.join("\n", lines.subList(0, kept)) + (kept == 0 ? "" : "\n"));
            Files.writeString(rows, csv);
            Files.writeString(table, "of an earlier run");
            run(true);
            assertThat(table).binaryContent().isEqualTo(whole);
            assertThat(rows).content().isEqualTo(csv);
        }
    }

    @Test
    void rowsThatAnotherProgramHasChangedGiveNoParquetTable() throws IOException {
        table = folder.resolve("modules.parquet");
        run(false);
        byte[] whole = Files.readAllBytes(table);
        Path rows = folder.resolve("modules.parquet.csv");
        Files.writeString(
                rows, Files.readString(rows).replace(",lora,", ",lora;").replaceFirst("q_proj,6,", "q_proj,x,"));
        assertThat(Refusal.of(() -> run(true)))
                .singleElement()
                .asString()
                .contains("modules.parquet.csv", "row 2: is not what 'splora fleet' wrote");
        assertThat(table).binaryContent().isEqualTo(whole);
    }

    @Test
    void aChangedAdapterIsJudgedAgain() throws IOException {
        run(false);
        adapter(99).writeTo(adapters.resolve("good3"));
        FleetSummary summary = run(true);
        assertThat(summary.skipped()).isEqualTo(5);
        assertThat(lines()).hasSize(7);
    }

    /** Whoever reads the ledger goes by the latest line on an adapter. */
    @Test
    void anAdapterThatIsReplacedAndPutBackIsJudgedAgain() throws IOException {
        run(false);
        byte[] first = Files.readAllBytes(adapters.resolve("good3/adapter_model.safetensors"));
        adapter(99).writeTo(adapters.resolve("good3"));
        run(true);
        Files.write(adapters.resolve("good3/adapter_model.safetensors"), first);
        assertThat(run(true).skipped()).isEqualTo(5);
        List<ObjectNode> lines = lines();
        assertThat(lines).hasSize(8);
        assertThat(lines.get(7).path("key"))
                .isEqualTo(lines.get(3).path("key"))
                .isNotEqualTo(lines.get(6).path("key"));
        assertThat(run(true).skipped()).isEqualTo(6);
    }

    @Test
    void aWeightsFileOfAnotherNameIsHashedToo() throws IOException {
        Path weights = adapters.resolve("good1/mine.safetensors");
        Files.move(adapters.resolve("good1/adapter_model.safetensors"), weights);
        adapters = Files.writeString(folder.resolve("list.txt"), weights + "\n");
        run(false);
        assertThat(lines().get(0).path("files").path("mine.safetensors").textValue())
                .hasSize(64);
        adapter(99).writeTo(folder.resolve("other"));
        Files.copy(folder.resolve("other/adapter_model.safetensors"), weights, StandardCopyOption.REPLACE_EXISTING);
        assertThat(run(true).skipped()).isZero();
    }

    @Test
    void anAdapterThatChangesAfterItWasHashedIsAnError() throws IOException {
        run(false);
        adapter(99).writeTo(adapters.resolve("good0"));
        // The next adapter is skipped while this one waits for its wave.
        FleetProgress changing = new FleetProgress() {
            @Override
            public void skipped() {
                adapter(100).writeTo(adapters.resolve("good0"));
            }
        };
        assertThat(run(true, changing, Optional.empty()).count(FleetVerdict.ERROR))
                .isEqualTo(1);
        assertThat(lines().get(6).path("reasons").toString()).contains("was changed or replaced during the run");
    }

    @Test
    void aLedgerIsNotOverwritten() throws IOException {
        run(false);
        String whole = Files.readString(ledger);
        assertThat(Refusal.of(() -> run(false)))
                .singleElement()
                .asString()
                .contains("--ledger: exists; give --resume to continue it");
        assertThat(ledger).content().isEqualTo(whole);
    }

    @Test
    void aFileThatIsNoLedgerIsNotTouched() throws IOException {
        Files.writeString(ledger, "notes\nmore\n");
        assertThat(Refusal.of(() -> run(true)))
                .singleElement()
                .asString()
                .contains("line 1: is not a line of a ledger");
        assertThat(ledger).content().isEqualTo("notes\nmore\n");
        Files.writeString(ledger, "{\"r\": 8}");
        assertThat(Refusal.of(() -> run(true))).singleElement().asString().contains("--ledger: is not a ledger");
        assertThat(ledger).content().isEqualTo("{\"r\": 8}");
    }

    @Test
    void aFileThatIsNoTableIsNotTouched() throws IOException {
        Files.writeString(table, "adapter,asr\n");
        assertThat(Refusal.of(() -> run(false)))
                .singleElement()
                .asString()
                .contains("--modules: exists; give --resume to continue it");
        assertThat(Refusal.of(() -> run(true)))
                .singleElement()
                .asString()
                .contains("--modules: is not a table of modules");
        assertThat(table).content().isEqualTo("adapter,asr\n");
    }

    @Test
    void aRunWithoutTheTableLosesNoRows() throws IOException {
        run(false);
        Path whole = table;
        List<String> rows = Files.readAllLines(whole);
        adapter(7).writeTo(adapters.resolve("good7"));
        table = null;
        run(true);
        table = whole;
        adapter(8).writeTo(adapters.resolve("good8"));
        run(true);
        assertThat(Files.readAllLines(whole))
                .startsWith(rows.toArray(String[]::new))
                .hasSize(rows.size() + MODULES.size());
    }

    @Test
    void bytesThatAreNoTextDoNotHideTheLinesAfterThem() throws IOException {
        run(false);
        byte[] bytes = Files.readAllBytes(ledger);
        int place = Files.readString(ledger).indexOf("good0");
        Arrays.fill(bytes, place, place + 5, (byte) 0xff);
        Files.write(ledger, bytes);
        assertThat(lines()).hasSize(6);
        assertThat(run(true).skipped()).isEqualTo(5);
    }

    @Test
    void aTableThatDoesNotBelongToTheLedgerIsRefused() throws IOException {
        run(false);
        Files.writeString(table, "short");
        assertThat(Refusal.of(() -> run(true))).singleElement().asString().contains("is shorter than its ledger says");
        assertThat(table).content().isEqualTo("short");
    }

    @Test
    void whatIsNotAllowedIsRepaired() throws IOException {
        policy = new Policy(List.of(), List.of(), List.of(), false);
        Path file = Files.writeString(folder.resolve("policy.json"), "{\"review\": [\"modules>0\"]}");
        policy = Policy.read(file);
        repairs = Optional.of(folder.resolve("repaired"));
        run(false);
        for (int i = 0; i < 6; i++) {
            Path repaired = folder.resolve("repaired/good" + i);
            assertThat(line("good" + i).path("repaired").textValue()).isEqualTo(repaired.toString());
            assertThat(RunReport.read(repaired.resolve("splora-report.json"))
                            .parameters()
                            .action())
                    .isEqualTo("repair");
        }
    }

    @Test
    void repairsSuitTheKindOfEachAdapter() throws IOException {
        for (String name : List.of("base", "aligned")) {
            model(name.length())
                    .random("model.layers.0.mlp.up_proj.weight", 10, 6)
                    .writeTo(folder.resolve(name));
        }
        adapter(1)
                .config("target_modules", "[\"q_proj\", \"v_proj\", \"up_proj\"]")
                .module("model.layers.0.mlp.up_proj", 10, 6)
                .writeTo(adapters.resolve("mixed"));
        policy = Policy.read(Files.writeString(folder.resolve("policy.json"), "{\"review\": [\"modules>0\"]}"));
        repairs = Optional.of(folder.resolve("repaired"));
        run(false);
        RunReport attention = RunReport.read(folder.resolve("repaired/good1/splora-report.json"));
        assertThat(attention.parameters().gainExponent()).isEqualTo(2.5);
        assertThat(attention.parameters().restoreModules()).isEqualTo("linear");
        assertThat(attention.addedModules()).containsExactly("model.layers.0.mlp.up_proj");
        RunReport mixed = RunReport.read(folder.resolve("repaired/mixed/splora-report.json"));
        assertThat(mixed.parameters().gainExponent()).isEqualTo(2);
        assertThat(mixed.parameters().restoreModules()).isEqualTo("adapter");
        assertThat(mixed.addedModules()).isEmpty();
    }

    @Test
    void aRepairForAnotherClientIsAnotherOne() throws IOException {
        run(false);
        client = ClientKind.VLLM;
        assertThat(run(true).skipped()).isEqualTo(6);
        repairs = Optional.of(folder.resolve("repaired"));
        assertThat(run(true).skipped()).isZero();
        client = ClientKind.PEFT;
        assertThat(run(true).skipped()).isZero();
    }

    @Test
    void aListNamesAdaptersOneByOne() throws IOException {
        Path list = folder.resolve("list.txt");
        Files.writeString(
                list,
                "# those of today\n" + adapters.resolve("good1") + "\n\n" + adapters.resolve("good4") + "\nno/such\n",
                StandardCharsets.UTF_8);
        adapters = list;
        FleetSummary summary = run(false);
        assertThat(summary.adapters()).isEqualTo(3);
        assertThat(summary.count(FleetVerdict.ALLOW)).isEqualTo(2);
        assertThat(verdict("such")).isEqualTo("error");
    }

    @Test
    void anEmptyFolderIsRefused() throws IOException {
        adapters = Files.createDirectories(folder.resolve("empty"));
        assertThat(Refusal.of(() -> run(false))).singleElement().asString().contains("holds no adapter");
    }

    @Test
    void anAdapterThatArrivesLaterIsJudgedOnceItIsComplete() throws Exception {
        Thread upload = new Thread(() -> {
            try {
                Thread.sleep(500);
                Path late = adapters.resolve("late");
                adapter(11).writeTo(late);
                byte[] weights = Files.readAllBytes(late.resolve("adapter_model.safetensors"));
                Files.write(late.resolve("adapter_model.safetensors"), Arrays.copyOf(weights, 100));
                Thread.sleep(1500);
                Files.write(
                        late.resolve("adapter_model.safetensors"),
                        Arrays.copyOfRange(weights, 100, weights.length),
                        StandardOpenOption.APPEND);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        upload.start();
        FleetSummary summary = run(false, FleetProgress.SILENT, Optional.of(Duration.ofSeconds(4)));
        upload.join();
        assertThat(summary.adapters()).isEqualTo(7);
        assertThat(verdict("late")).isEqualTo("allow");
    }
}
