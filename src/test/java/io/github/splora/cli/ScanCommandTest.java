package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.scan.Portrait;
import io.github.splora.scan.Scan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScanCommandTest {

    private static final JsonSchema SCHEMA = JsonSchema.of("scan.schema.json");

    @TempDir
    Path folder;

    private static String line(Run run, String label) {
        return run.out()
                .lines()
                .filter(line -> line.startsWith(label + " "))
                .map(line -> line.substring(label.length()).strip())
                .findFirst()
                .orElse("");
    }

    @Test
    void saysInADozenLinesWhatTheAdapterIs() {
        Run run = Run.of("scan", Testdata.LLAMA);
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSizeBetween(10, 13);
        assertThat(line(run, "adapter"))
                .isEqualTo("LoRA, rank 8, 24 modules in 6 blocks (k_proj, o_proj, q_proj, v_proj)");
        assertThat(line(run, "model")).startsWith("trained on ../aligned; compared with testdata/tiny-llama/aligned");
        assertThat(line(run, "fits")).isEqualTo("yes: all 24 modules fit, and PEFT loads them");
        assertThat(line(run, "absolute"))
                .startsWith("14 of 24 modules move against alignment, mean cosine -0.0341")
                .endsWith("scores judge 100.0% of the change");
        assertThat(line(run, "relative")).startsWith("6 modules above a score of 0.50");
        assertThat(run.out().lines().filter(line -> line.contains("  score ")))
                .hasSize(5)
                .first()
                .asString()
                .contains("model.layers.0.self_attn.o_proj");
        assertThat(line(run, "verdict")).contains("evaluate it");
    }

    @Test
    void itsSentencesFitTheTerminal() {
        Run run = Run.on(new Terminal(true, false, false, 80), Run.with("scan", Testdata.LLAMA));
        assertThat(run.out().lines().takeWhile(line -> !line.startsWith("next")))
                .hasSizeGreaterThan(12)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        assertThat(run.out().replaceAll("\n {10}", " ").replaceAll(" +", " "))
                .isEqualTo(Run.of("scan", Testdata.LLAMA)
                        .out()
                        .replaceAll("\n {10}", " ")
                        .replaceAll(" +", " "));
    }

    /** The figures are those of score. */
    @Test
    void itsFiguresAreThoseOfScore() {
        ObjectNode scan =
                (ObjectNode) Run.of("scan", Testdata.LLAMA, "--format", "json").json();
        var report = Run.of("score", Testdata.LLAMA, "--format", "json").report();
        assertThat(scan.at("/picture/aboveThreshold").intValue())
                .isEqualTo(report.summary().pruned());
        assertThat(scan.at("/picture/meanCosine").doubleValue())
                .isEqualTo(report.summary().meanCosine());
        assertThat(scan.at("/picture/highest/0/score").doubleValue())
                .isEqualTo(report.summary().maxScore());
    }

    /** The command that it proposes is run as it stands. */
    @Test
    void itsNextCommandRepairsTheAdapterWithTheSameModels() throws IOException {
        Path adapter = folder.resolve("my adapter's");
        Testdata model = Testdata.LLAMA.withAdapterCopiedTo(adapter);
        ObjectNode scan = (ObjectNode) Run.of("scan", model, "--format", "json").json();
        String command = scan.get("next").get(0).textValue();
        assertThat(command)
                .startsWith("splora repair '" + folder + "/my adapter'\\''s' --base testdata/tiny-llama/base");
        String[] args = command.replace("'" + adapter.toString().replace("'", "'\\''") + "'", "ADAPTER")
                .replace("'" + adapter.toString().replace("'", "'\\''") + "-repaired'", "OUTPUT")
                .split(" ", -1);
        for (int i = 0; i < args.length; i++) {
            args[i] = args[i].equals("ADAPTER")
                    ? adapter.toString()
                    : args[i].equals("OUTPUT") ? adapter + "-repaired" : args[i];
        }
        assertThat(Run.of(Arrays.copyOfRange(args, 1, args.length)).code()).isZero();
        assertThat(Path.of(adapter + "-repaired", "adapter_config.json")).exists();
    }

    @Test
    void withoutABaseModelItSaysWhatTheAdapterIsAndWhatIsMissing() {
        Run run = Run.of("scan", Testdata.LLAMA.adapter().toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(line(run, "adapter")).startsWith("LoRA, rank 8, 24 modules");
        assertThat(line(run, "fits")).startsWith("yes: all 24 modules fit, and PEFT loads them; but neither a preset");
        assertThat(line(run, "verdict")).startsWith("nothing is known about its safety");
        assertThat(line(run, "next")).isEqualTo("splora scan testdata/tiny-llama/adapter --base MODEL");
    }

    @Test
    void modelsThatAreNotInTheCacheAreNamedWithHowToFetchThem() throws IOException {
        Testdata model = Testdata.LLAMA
                .withAdapterCopiedTo(folder.resolve("lora"))
                .withConfig("\"../aligned\"", "\"meta-llama/Llama-3.1-8B-Instruct\"");
        Run run = Run.of("scan", model.adapter().toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(line(run, "model")).isEqualTo("trained on meta-llama/Llama-3.1-8B-Instruct");
        assertThat(line(run, "fits")).startsWith("unknown: the adapter was trained on");
        assertThat(run.out())
                .contains(
                        "hf download meta-llama/Llama-3.1-8B-Instruct --include '*.safetensors' '*.json'",
                        "hf download meta-llama/Llama-3.1-8B --include '*.safetensors' '*.json'",
                        "splora scan " + model.adapter() + "\n");
    }

    @Test
    void anAdapterOfAnotherModelDoesNotFit() {
        Run run = Run.of("scan", Testdata.GPT2.withAdapter(Testdata.LLAMA.adapter()));
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(line(run, "fits")).startsWith("no: testdata/tiny-gpt2/aligned: 24 of 24 modules");
        assertThat(line(run, "verdict")).startsWith("nothing is known about its safety");
    }

    @Test
    void aFolderThatIsNoAdapterIsBadInput() {
        Run run = Run.of("scan", "testdata");
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aWholeModelIsToldHowToScoreIt() {
        Run run = Run.of("scan", Testdata.LLAMA.aligned().toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.err()).contains("is a whole model, not an adapter", "splora score --adapted ");
    }

    @Test
    void oneAdapterIsScannedAtATime() {
        assertThat(Run.of("scan", Testdata.LLAMA, "testdata/tiny-gpt2/adapter").code())
                .isEqualTo(ExitCode.WRONG_USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fit", "misfit", "missing"})
    void itsJsonIsThatOfTheSchema(String what) {
        Run run =
                switch (what) {
                    case "fit" -> Run.of("scan", Testdata.LLAMA, "--format", "json");
                    case "misfit" ->
                        Run.of("scan", Testdata.GPT2.withAdapter(Testdata.LLAMA.adapter()), "--format", "json");
                    default -> Run.of("scan", Testdata.LLAMA.adapter().toString(), "--format", "json");
                };
        ObjectNode document = (ObjectNode) run.json();
        assertThat(SCHEMA.errors(document)).isEmpty();
        document.put("fits", "perhaps");
        assertThat(SCHEMA.errors(document)).isNotEmpty();
    }

    @Test
    void everyFieldIsInTheSchema() {
        SCHEMA.assertDescribes(Scan.class, "");
        SCHEMA.assertDescribes(Portrait.class, "portrait");
        SCHEMA.assertDescribes(Scan.Models.class, "models");
        SCHEMA.assertDescribes(Scan.Picture.class, "picture");
        SCHEMA.assertDescribes(Scan.Module.class, "module");
    }
}
