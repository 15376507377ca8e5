package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.json.StrictJson;
import io.github.splora.linalg.Matrix;
import io.github.splora.linalg.SymmetricEigen;
import io.github.splora.report.ModelCard;
import io.github.splora.report.RunReport;
import io.github.splora.safetensors.SafetensorsFile;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deflating, restoring, and both, from files to files. */
class RepairCommandTest {

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("repaired");
    }

    private Run repair(Testdata model, String... more) {
        return Run.to(output, "repair", model, more);
    }

    private Run prune(Testdata model, String... more) {
        return Run.to(output, "prune", model, more);
    }

    /** Every block of GPT-2's adapter has only its attention adapted; Conv1D stores weights transposed. */
    @ParameterizedTest
    @CsvSource({"peft", "vllm"})
    void linearLayersThatTheAdapterLeavesAloneAreRestoredToo(String client) throws IOException {
        Run run = prune(
                Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("attention")),
                "--action",
                "restore",
                "--all",
                "--restore",
                "0.5",
                "--restore-rank",
                "3",
                "--restore-modules",
                "linear",
                "--client",
                client);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.report().parameters().restoreModules()).isEqualTo("linear");
        List<String> added = run.report().addedModules();
        try (Adapter old = Adapter.open(Testdata.LLAMA.adapter());
                Adapter repaired = Adapter.open(output)) {
            List<String> before = old.modules().stream().map(LoraModule::name).toList();
            assertThat(repaired.modules().stream().map(LoraModule::name))
                    .containsExactlyInAnyOrderElementsOf(java.util.stream.Stream.concat(before.stream(), added.stream())
                            .toList());
            for (LoraModule module : repaired.modules()) {
                if (added.contains(module.name())) {
                    Matrix expected =
                            strongest(alignmentDelta(Testdata.LLAMA, module), 3).scaledBy(0.5);
                    assertThat(module.rank()).isEqualTo(3);
                    assertThat(delta(module).minus(expected).squaredNorm()).isLessThan(1e-4 * expected.squaredNorm());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0.7, 2, 0.2, 16", "0.5, 1.5, 0, 16", "0.99, 2, 1, 1", "0.01, 0, 0.5, 40"})
    void everyModuleIsWhatTheFormulaSays(double strength, double exponent, double restored, int rank)
            throws IOException {
        Run run = repair(
                Testdata.LLAMA,
                "--strength",
                String.valueOf(strength),
                "--gain-exponent",
                String.valueOf(exponent),
                "--restore",
                String.valueOf(restored),
                "--restore-rank",
                String.valueOf(rank),
                "--restore-modules",
                "adapter");
        assertThat(run.code()).as(run.err()).isZero();
        double before = 0;
        double after = 0;
        try (Adapter old = Adapter.open(Testdata.LLAMA.adapter());
                Adapter repaired = Adapter.open(output)) {
            for (LoraModule module : old.modules()) {
                Matrix delta = delta(module);
                Matrix v = alignmentDelta(Testdata.LLAMA, module);
                before += delta.squaredNorm();
                after += deflated(delta, v, strength).squaredNorm();
            }
            double gain = Math.pow(before / after, exponent / 2);
            assertThat(run.report().parameters().gain()).isCloseTo(gain, within(1e-2 * gain));
            for (int i = 0; i < old.modules().size(); i++) {
                LoraModule module = old.modules().get(i);
                Matrix v = alignmentDelta(Testdata.LLAMA, module);
                Matrix expected = deflated(delta(module), v, strength)
                        .scaledBy(run.report().parameters().gain())
                        .plus(strongest(v, rank).scaledBy(restored));
                assertThat(delta(repaired.modules().get(i)).minus(expected).squaredNorm())
                        .isLessThan(1e-4 * expected.squaredNorm());
                assertThat(repaired.modules().get(i).rank()).isEqualTo(module.rank() + (restored == 0 ? 0 : rank));
            }
        }
    }

    /** The configs have patterns of ranks and alphas, rsLoRA, and Conv1D; V of one module of GPT-2 is zero. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "patterns", "gpt2", "rslora"})
    void restoringKeepsWhatWasThereBitForBitAndItsScaling(String name) throws IOException {
        Testdata model =
                switch (name) {
                    case "llama" -> Testdata.LLAMA;
                    case "patterns" -> Testdata.PATTERNS;
                    case "gpt2" -> Testdata.GPT2;
                    default ->
                        Testdata.PATTERNS
                                .withAdapterCopiedTo(folder.resolve("rs"))
                                .withConfig("\"use_rslora\": false", "\"use_rslora\": true");
                };
        Run run = prune(model, "--action", "restore", "--all", "--restore", "0.3", "--restore-rank", "5");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).doesNotContain("warning");
        List<String> selected = run.pruned();
        assertThat(selected).isNotEmpty();
        try (Adapter old = Adapter.open(model.adapter());
                Adapter restored = Adapter.open(output)) {
            for (int i = 0; i < old.modules().size(); i++) {
                LoraModule module = old.modules().get(i);
                LoraModule now = restored.modules().get(i);
                assertThat(now.scaling()).isCloseTo(module.scaling(), within(1e-15 * module.scaling()));
                int rank = Math.toIntExact(module.rank());
                Factors was = module.factors().get(0);
                Factors is = now.factors().get(0);
                if (!selected.contains(module.name())) {
                    assertThat(now.rank()).isEqualTo(rank);
                    assertThat(is.a().values()).isEqualTo(was.a().values());
                    continue;
                }
                assertThat(now.rank()).isEqualTo(rank + 5);
                assertThat(Arrays.copyOf(is.a().values(), was.a().values().length))
                        .isEqualTo(was.a().values());
                assertThat(is.b().firstColumns(rank).values()).isEqualTo(was.b().values());
                Matrix v = alignmentDelta(model, module);
                Matrix added = delta(now).minus(delta(module));
                assertThat(added.minus(strongest(v, 5).scaledBy(0.3)).squaredNorm())
                        .isLessThan(1e-4 * added.squaredNorm());
            }
        }
        assertThat(Run.of(
                                "verify",
                                output.toString(),
                                "--aligned",
                                model.aligned().toString())
                        .err())
                .isEmpty();
    }

    @Test
    void theConfigSaysTheNewRankAndAllElseStays() throws IOException {
        assertThat(repair(Testdata.LLAMA).code()).isZero();
        JsonNode old = StrictJson.readObject(Testdata.LLAMA.adapter().resolve("adapter_config.json"));
        JsonNode now = StrictJson.readObject(output.resolve("adapter_config.json"));
        assertThat(now.get("r").intValue()).isEqualTo(24);
        assertThat(now.get("lora_alpha").isInt()).isTrue();
        assertThat(now.get("lora_alpha").intValue()).isEqualTo(48);
        assertThat(now.get("target_modules").toString())
                .isEqualTo("[\"k_proj\",\"v_proj\",\"o_proj\",\"q_proj\",\"down_proj\",\"gate_proj\",\"up_proj\"]");
        assertThat(now.get("rank_pattern").toString()).isEqualTo("{\"down_proj\":16,\"gate_proj\":16,\"up_proj\":16}");
        assertThat(now.get("alpha_pattern").toString()).isEqualTo("{\"down_proj\":32,\"gate_proj\":32,\"up_proj\":32}");
        old.fieldNames().forEachRemaining(field -> {
            if (!List.of("r", "lora_alpha", "target_modules", "rank_pattern", "alpha_pattern")
                    .contains(field)) {
                assertThat(now.get(field)).isEqualTo(old.get(field));
            }
        });
    }

    @Test
    void itSaysFirstWhatItDoesAndWhatMustFollow() {
        Run run = Run.of("repair", Testdata.LLAMA, "--output", output.toString());
        assertThat(run.errors().get(0))
                .startsWith("splora: repairing all modules: filter the alignment delta's directions out (strength 0.8),"
                        + " then add 0.3 of its 16 strongest ones.")
                .contains(
                        "Evaluate the adapter before and after",
                        "scripts/evaluate_refusals.py --model " + Testdata.LLAMA.aligned())
                .contains("--adapter " + output);
        assertThat(run.out()).contains("24 of 24 modules repaired (");
    }

    @Test
    void theReportAndTheCardSayWhatWasDone() throws IOException {
        Run run = repair(Testdata.LLAMA, "--seed", "3");
        RunReport.Parameters parameters = run.report().parameters();
        assertThat(parameters.action()).isEqualTo("repair");
        assertThat(parameters.rule()).isEqualTo("all");
        assertThat(parameters.strength()).isEqualTo(0.8);
        assertThat(parameters.gain()).isGreaterThan(1);
        assertThat(parameters.gainExponent()).isEqualTo(2.5);
        assertThat(parameters.restore()).isEqualTo(0.3);
        assertThat(parameters.restoreRank()).isEqualTo(16);
        assertThat(Files.readString(output.resolve(ModelCard.FILE_NAME)))
                .contains("24 of 24 LoRA modules were repaired", "restore 0.3, restore rank 16");
    }

    @Test
    void itIsPruneWithThatAction() {
        repair(Testdata.LLAMA);
        Map<String, ByteBuffer> repaired = Testdata.tensorsIn(output);
        output = folder.resolve("pruned");
        prune(Testdata.LLAMA, "--action", "repair", "--all");
        assertThat(Testdata.tensorsIn(output)).isEqualTo(repaired);
    }

    @ParameterizedTest
    @CsvSource({"4, 256M", "1, 1M", "3, 4G"})
    void threadsAndMemoryDoNotMatter(String threads, String memory) {
        repair(Testdata.LLAMA, "--threads", "1");
        Map<String, ByteBuffer> expected = Testdata.tensorsIn(output);
        output = folder.resolve("again");
        repair(Testdata.LLAMA, "--threads", threads, "--memory", memory);
        assertThat(Testdata.tensorsIn(output)).isEqualTo(expected);
    }

    @Test
    void theReferenceDoesNotMatter() {
        repair(Testdata.LLAMA);
        Map<String, ByteBuffer> expected = Testdata.tensorsIn(output);
        output = folder.resolve("again");
        repair(Testdata.LLAMA, "--reference", "subspace");
        assertThat(Testdata.tensorsIn(output)).isEqualTo(expected);
    }

    @Test
    void severalAdaptersAreRepairedAsByThemselves() throws IOException {
        Testdata other = Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("other"));
        Run.of(
                "prune",
                Testdata.LLAMA,
                "--action",
                "scale",
                "--fraction",
                "0.5",
                "--output",
                other.adapter().toString(),
                "--force");
        Run run = Run.of(
                "repair", Testdata.LLAMA, "--adapter", other.adapter().toString(), "--output", output.toString());
        assertThat(run.code()).as(run.err()).isZero();
        for (Testdata each : List.of(Testdata.LLAMA, other)) {
            Path alone = folder.resolve("alone");
            Run.of("repair", each, "--output", alone.toString(), "--force");
            Path together = output.resolve(each.adapter().getFileName());
            assertThat(Testdata.tensorsIn(together)).isEqualTo(Testdata.tensorsIn(alone));
            assertThat(together.resolve("adapter_config.json"))
                    .hasSameBinaryContentAs(alone.resolve("adapter_config.json"));
        }
    }

    @Test
    void aPartOfTheModulesGetsItsRankByPattern() throws IOException {
        Run run = prune(Testdata.LLAMA, "--action", "repair", "--include", "q_proj", "--all");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode config = StrictJson.readObject(output.resolve("adapter_config.json"));
        assertThat(config.get("r").intValue()).isEqualTo(24);
        assertThat(config.get("rank_pattern").toString()).isEqualTo("{\"k_proj\":8,\"o_proj\":8,\"v_proj\":8}");
        assertThat(config.get("alpha_pattern").toString()).isEqualTo("{\"k_proj\":16,\"o_proj\":16,\"v_proj\":16}");
        assertThat(Run.of(
                                "verify",
                                output.toString(),
                                "--aligned",
                                Testdata.LLAMA.aligned().toString())
                        .code())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sglang", "tgi", "lorax", "llamacpp"})
    void forClientsWithOneRankTheOthersGetZeros(String client) throws IOException {
        Run run = prune(
                Testdata.LLAMA,
                "--action",
                "repair",
                "--restore-rank",
                "8",
                "--include",
                "q_proj",
                "--all",
                "--client",
                client,
                "--granularity",
                "module");
        assertThat(run.code()).as(run.err()).isZero();
        try (Adapter old = Adapter.open(Testdata.LLAMA.adapter());
                Adapter repaired = Adapter.open(output)) {
            assertThat(repaired.config().toJson().get("rank_pattern")).isEmpty();
            for (int i = 0; i < old.modules().size(); i++) {
                assertThat(repaired.modules().get(i).rank()).isEqualTo(16);
                if (!old.modules().get(i).type().equals("q_proj")) {
                    assertThat(delta(repaired.modules().get(i)).values())
                            .isEqualTo(delta(old.modules().get(i)).values());
                }
            }
        }
    }

    @Test
    void vllmsLargestRankIsTold() {
        Run run = repair(Testdata.LLAMA, "--client", "vllm");
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .contains("warning: the adapter's rank is 24: start vLLM with --max-lora-rank 32 or more (its default"
                        + " is 16)");
        output = folder.resolve("small");
        assertThat(repair(Testdata.LLAMA, "--client", "vllm", "--restore-rank", "8")
                        .err())
                .doesNotContain("warning");
    }

    @Test
    void aRankThatTheClientCannotScaleIsRefusedBeforeAnythingIsScored() {
        Run run = repair(Testdata.LLAMA, "--client", "tgi");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("r 24: ").contains("a rank of 8 or a multiple of 16 is safe");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"lora_alpha\": 16 | \"lora_alpha\": 0 | scales module 'model.layers.0.self_attn.k_proj' by 0",
                "\"init_lora_weights\": true | \"init_lora_weights\": \"orthogonal\" | PEFT loads such an adapter only if its rank is even, and 8 + 3 is odd; choose another --restore-rank",
                "\"init_lora_weights\": true | \"init_lora_weights\": \"pissa\" | use --action drop",
                "\"bias\": \"none\" | \"bias\": \"all\" | use --action drop",
            })
    void whatCannotBeRightIsRefusedByName(String old, String now, String message) throws IOException {
        Testdata model =
                Testdata.LLAMA.withAdapterCopiedTo(folder.resolve("changed")).withConfig(old, now);
        Run run = repair(model, "--restore-rank", "3");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains(message);
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--strength 1 | --strength 1.0: must be between 0 and 1 (exclusive) for --action repair",
                "--gain 2 --gain-exponent 1 | --gain-exponent requires --gain auto (got 2.0)",
                "--restore-rank 300 | --restore-rank 300: must be a whole number from 1 to 256",
                "--count 3 | unknown option: '--count'",
                "--adapted x | --adapted cannot be given with repair: a merged checkpoint has no factors to repair; use 'prune --action restore --all'",
            })
    void whatDoesNotFitTogetherIsWrongUsage(String options, String message) {
        Run run = repair(Testdata.LLAMA, options.split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.err()).contains(message);
        assertThat(output).doesNotExist();
    }

    @Test
    void aDryRunWritesNothing() {
        Run run = repair(Testdata.LLAMA, "--dry-run");
        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("dry run: nothing was written");
        assertThat(output).doesNotExist();
    }

    private static Matrix delta(LoraModule module) {
        Factors factors = module.factors().get(0);
        return factors.b().times(factors.a()).scaledBy(module.scaling());
    }

    private static Matrix alignmentDelta(Testdata model, LoraModule module) {
        Matrix v = weight(model.aligned(), module).minus(weight(model.base(), module));
        return v.rows() == module.outFeatures()
                        && v.columns() == module.inFeatures()
                        && !module.name().startsWith("transformer.h")
                        && !module.name().startsWith("h.")
                ? v
                : v.transpose();
    }

    private static Matrix weight(Path checkpoint, LoraModule module) {
        try (SafetensorsFile file = SafetensorsFile.open(checkpoint.resolve("model.safetensors"))) {
            String name = file.tensors().keySet().stream()
                    .filter(each -> each.equals(module.name() + ".weight")
                            || each.endsWith("." + module.name() + ".weight")
                            || (module.name() + ".weight").endsWith("." + each))
                    .findFirst()
                    .orElseThrow();
            StoredTensor tensor = new StoredTensor(file, file.tensor(name));
            return new Matrix(
                    Math.toIntExact(tensor.shape().get(0)),
                    Math.toIntExact(tensor.shape().get(1)),
                    Values.of(tensor));
        }
    }

    /** {@code U_k Σ_k W_kᵀ}. */
    private static Matrix strongest(Matrix v, int count) {
        Matrix right = SymmetricEigen.of(v.transposeTimes(v)).vectors();
        Matrix leading = right.firstColumns(Math.min(count, right.columns()));
        return v.times(leading).times(leading.transpose());
    }

    /** {@code f(VVᵀ) ΔW f(VᵀV)}. */
    private static Matrix deflated(Matrix delta, Matrix v, double energy) {
        SymmetricEigen left = SymmetricEigen.of(v.times(v.transpose()));
        SymmetricEigen right = SymmetricEigen.of(v.transposeTimes(v));
        double mu = mu(left.values().length < right.values().length ? left.values() : right.values(), energy);
        return filter(left, mu).times(delta).times(filter(right, mu));
    }

    private static Matrix filter(SymmetricEigen eigen, double mu) {
        double[] factors = Arrays.stream(eigen.values())
                .map(x -> 1 / (1 + x / mu * (x / mu)))
                .toArray();
        return eigen.vectors().scaledColumns(factors).times(eigen.vectors().transpose());
    }

    private static double mu(double[] squares, double energy) {
        double total = Arrays.stream(squares).sum();
        double low = 1e-12 * total;
        double high = 1e6 * total;
        for (int i = 0; i < 200; i++) {
            double mu = Math.sqrt(low * high);
            if (Arrays.stream(squares).map(x -> x - x / (1 + x / mu * (x / mu))).sum() > energy * total) {
                low = mu;
            } else {
                high = mu;
            }
        }
        return low;
    }
}
