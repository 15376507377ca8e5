package io.github.splora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.adapter.Adapter;
import io.github.splora.report.RunReport;
import io.github.splora.run.PruneOptions;
import io.github.splora.run.ScoreOptions;
import io.github.splora.run.TinyRun;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java API as docs/library.md shows it to users. */
class ApiTest {

    private static final Pattern PROGRAM = Pattern.compile("(?ms)^```java\\n(.*?)^```$");

    @TempDir
    Path folder;

    /** What a program printed, and how it ended. */
    private record Ended(int code, String printed) {}

    @Test
    void theExampleScoresPrunesAndRepairs() throws Exception {
        compileExample();
        Ended run = runExample(TinyRun.ADAPTER);
        assertThat(run.code()).as(run.printed()).isZero();

        RunReport pruned = RunReport.read(folder.resolve("pruned/splora-report.json"));
        RunReport repaired = RunReport.read(folder.resolve("repaired/splora-report.json"));
        RunReport scored = new Splora().score(options(TinyRun.ADAPTER)).get(0);
        assertThat(run.printed())
                .contains("24 modules have a score, the highest is "
                        + scored.summary().maxScore())
                .contains("pruned: 2");
        assertThat(run.printed().lines().filter(line -> line.startsWith("misaligned: ")))
                .hasSize(6);
        assertThat(pruned.summary().pruned()).isEqualTo(2);
        assertThat(pruned.parameters().action()).isEqualTo("drop");
        assertThat(repaired.summary().pruned()).isEqualTo(24);
        assertThat(repaired.parameters().action()).isEqualTo("repair");
        try (Adapter few = Adapter.open(folder.resolve("pruned"));
                Adapter all = Adapter.open(folder.resolve("repaired"))) {
            assertThat(few.modules()).hasSize(22);
            assertThat(repaired.addedModules()).hasSize(18);
            assertThat(all.modules()).hasSize(24 + 18);
        }
    }

    @Test
    void theExamplePrintsWhatIsWrongWithAnInput() throws Exception {
        compileExample();
        Path missing = folder.resolve("no-adapter");
        Ended run = runExample(missing);
        assertThat(run.code()).as(run.printed()).isEqualTo(4);
        assertThat(run.printed()).contains(missing.toString()).doesNotContain("\tat ");
        assertThat(folder.resolve("pruned")).doesNotExist();
    }

    @Test
    void aDryRunWritesNothing() throws IOException {
        Path output = folder.resolve("out");
        RunReport report = new Splora()
                .prune(PruneOptions.of(options(TinyRun.ADAPTER), output).withDryRun())
                .get(0);
        assertThat(report.summary().pruned()).isEqualTo(6);
        assertThat(output).doesNotExist();
    }

    @Test
    void parametersAreChecked() {
        PruneOptions repair = PruneOptions.repairing(options(TinyRun.ADAPTER), folder.resolve("out"));
        assertThat(repair.withParameter(ActionParameter.STRENGTH, 0.6).surgery().parameters())
                .containsEntry(ActionParameter.STRENGTH, 0.6)
                .containsEntry(ActionParameter.GAIN_EXPONENT, ActionParameter.AUTO)
                .containsEntry(ActionParameter.RESTORE_MODULES, ActionParameter.AUTO);
        PruneOptions fixed = repair.withParameter(ActionParameter.GAIN, 1.5);
        assertThat(fixed.surgery().parameters()).doesNotContainKey(ActionParameter.GAIN_EXPONENT);
        assertThat(fixed.withParameter(ActionParameter.GAIN, ActionParameter.AUTO)
                        .surgery()
                        .parameters())
                .isEqualTo(repair.surgery().parameters());
        assertThatThrownBy(() -> repair.withParameter(ActionParameter.STRENGTH, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--strength 1.0");
        assertThatThrownBy(() -> repair.withAction(ActionKind.SCALE).withParameter(ActionParameter.GAIN, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gain");
        assertThatThrownBy(() -> options(TinyRun.ADAPTER).withDevice("tpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tpu");
    }

    private static ScoreOptions options(Path adapter) {
        return ScoreOptions.of(
                TinyRun.LLAMA.resolve("base").toString(),
                TinyRun.LLAMA.resolve("aligned").toString(),
                adapter.toString());
    }

    private void compileExample() throws Exception {
        Matcher program = PROGRAM.matcher(Files.readString(Path.of("docs/library.md")));
        assertThat(program.find()).as("a Java program in docs/library.md").isTrue();
        Path source = Files.writeString(folder.resolve("Example.java"), program.group(1));
        Ended compiled = run(
                "javac",
                "-Xlint:all,-processing,-path",
                "-Werror",
                "--release",
                "17",
                "-d",
                folder.toString(),
                "-cp",
                classPath(),
                source.toString());
        assertThat(compiled.code()).as(compiled.printed()).isZero();
    }

    private Ended runExample(Path adapter) throws Exception {
        return run(
                "java",
                "-cp",
                folder + File.pathSeparator + classPath(),
                "Example",
                TinyRun.LLAMA.resolve("base").toString(),
                TinyRun.LLAMA.resolve("aligned").toString(),
                adapter.toString(),
                folder.toString());
    }

    /** Returns what a user's program has: the library and what it depends on, but no tests. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(Pattern.quote(File.pathSeparator)))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Ended run(String tool, String... args) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        Stream.of(args).forEach(command::add);
        Path output = folder.resolve("printed.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(command.toString()).isTrue();
        return new Ended(process.exitValue(), Files.readString(output));
    }
}
