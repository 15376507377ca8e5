package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code splora fleet} exits with the worst verdict, and {@code calibrate} reads what it wrote. */
class FleetCommandTest {

    private static final Testdata MODEL = Testdata.LLAMA;

    @TempDir
    Path folder;

    private Path adapters;
    private Path ledger;

    @BeforeEach
    void copyAdapters() throws IOException {
        adapters = Files.createDirectories(folder.resolve("adapters"));
        ledger = folder.resolve("ledger.jsonl");
        for (int i = 0; i < 3; i++) {
            Path copy = Files.createDirectories(adapters.resolve("a" + i));
            for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
                Files.copy(MODEL.adapter().resolve(file), copy.resolve(file));
            }
        }
    }

    private Run fleet(String... more) {
        return Run.of(Run.join(
                new String[] {
                    "fleet",
                    "--base",
                    MODEL.base().toString(),
                    "--aligned",
                    MODEL.aligned().toString(),
                    "--device",
                    "cpu",
                    "--adapters",
                    adapters.toString(),
                    "--ledger",
                    ledger.toString()
                },
                more));
    }

    @Test
    void allAllowedIsSuccess() {
        Run run = fleet();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .isEqualTo("3 adapters: 3 allowed, 0 to review, 0 blocked, 0 not judged; see " + ledger + "\n");
    }

    @Test
    void anyOtherVerdictIsNot() throws IOException {
        Path policy = Files.writeString(folder.resolve("policy.json"), "{\"review\": [\"max-score>1\"]}");
        assertThat(fleet("--policy", policy.toString()).code()).isEqualTo(3);
        Files.createDirectories(adapters.resolve("broken"));
        Files.writeString(adapters.resolve("broken/adapter_config.json"), "{");
        Run run = fleet("--policy", policy.toString(), "--resume", "--format", "json");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.json().get("skipped").intValue()).isEqualTo(3);
        assertThat(run.json().get("error").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--watch 0 | --watch 0: must be at least 1 second",
                "--preset llama | --preset names both models: it cannot be given with --base or --aligned",
                "--modules table.txt | --modules table.txt: must end in .csv or .parquet",
                "--junit r.xml --sarif r.xml | --junit r.xml: --sarif names the same file",
                "--modules m.parquet --sarif ./m.parquet.csv | --sarif ./m.parquet.csv: --modules names the same file",
                "--threads 0 | --threads 0: must be at least 1",
            })
    void contradictionsAreWrongUsage(String options, String message) {
        Run run = fleet(options.split(" "));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("splora: " + message);
    }

    @Test
    void whatIsReadOrWrittenIsNotOverwritten() {
        assertThat(fleet("--sarif", ledger.toString()).err())
                .startsWith("splora: --sarif " + ledger + ": --ledger names the same file\n");
        Run inside = fleet("--repair", adapters.resolve("repaired").toString());
        assertThat(inside.code()).isEqualTo(2);
        assertThat(inside.err()).contains("lies in the folder of --adapters");
        Run onFolder = fleet("--junit", folder.toString());
        assertThat(onFolder.code()).isEqualTo(4);
        assertThat(onFolder.err()).contains("--junit: a folder is in the way; name a file");
        assertThat(ledger).doesNotExist();
    }

    @Test
    void watchingAListIsRefused() throws IOException {
        adapters = Files.writeString(folder.resolve("list.txt"), adapters.resolve("a0") + "\n");
        Run run = fleet("--watch", "1");
        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err()).contains("list.txt: is not a folder; --watch waits for adapters in a folder");
    }

    @Test
    void aMissingModelIsWrongUsage() {
        String[] given = {"fleet", "--adapters", adapters.toString(), "--ledger", ledger.toString()};
        Run noBase = Run.of(Run.join(given, "--aligned", MODEL.aligned().toString()));
        assertThat(noBase.code()).isEqualTo(2);
        assertThat(noBase.err())
                .startsWith(
                        "splora: Missing required option: '--base=MODEL', or '--preset=NAME': neither a preset nor");
        Run noAligned = Run.of(Run.join(given, "--base", MODEL.base().toString()));
        assertThat(noAligned.code()).isEqualTo(2);
        assertThat(noAligned.err())
                .startsWith("splora: Missing required option: '--aligned=MODEL', or '--preset=NAME'");
        assertThat(ledger).doesNotExist();
    }

    @Test
    void calibrateSaysThatEqualAdaptersCannotBeToldApart() throws IOException {
        fleet();
        Path evaluations = Files.writeString(
                folder.resolve("evaluations.csv"),
                "adapter,asr\n" + adapters + "/a0,0.9\n" + adapters + "/a1,0.1\n" + adapters + "/a2,0.8\n");
        Run run = Run.of("calibrate", ledger.toString(), evaluations.toString());
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("2 unsafe and 1 safe adapters\n")
                .contains("No figure separates them: so few adapters could differ as much by chance.");
        Run onlyUnsafe = Run.of("calibrate", ledger.toString(), evaluations.toString(), "--unsafe", "asr>0");
        assertThat(onlyUnsafe.code()).isEqualTo(4);
        assertThat(onlyUnsafe.err()).contains("3 adapters are unsafe and 0 are safe by these evaluations (asr>0)");
    }
}
