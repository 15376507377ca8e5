package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as trainers, converters and caches leave them, through the whole program. */
class FilesAsTheyOccurTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path folder;

    @BeforeEach
    void writeModels() {
        model(1).writeTo(folder.resolve("base"));
        model(2).writeTo(folder.resolve("aligned"));
    }

    private static List<String> names() {
        return IntStream.range(0, 4)
                .boxed()
                .flatMap(i -> Stream.of("q_proj", "v_proj").map(type -> "model.layers." + i + ".self_attn." + type))
                .toList();
    }

    private static TinyCheckpoint model(long seed) {
        TinyCheckpoint model = new TinyCheckpoint().seed(seed).config("{\"model_type\": \"llama\"}");
        names().forEach(name -> model.random(name + ".weight", 6, 4));
        return model;
    }

    private static TinyAdapter adapter() {
        TinyAdapter adapter = new TinyAdapter();
        names().forEach(name -> adapter.module(name, 6, 4));
        return adapter;
    }

    private Run run(String command, String adapter, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> args = Stream.concat(
                        Stream.of(
                                command,
                                "-q",
                                "--base",
                                folder.resolve("base").toString(),
                                "--aligned",
                                folder.resolve("aligned").toString(),
                                "--adapter",
                                adapter),
                        Stream.of(more))
                .toList();
        int code = Main.run(
                args.toArray(String[]::new),
                new PrintWriter(out),
                new PrintWriter(err),
                new HubCache(folder.resolve("hub")),
                Terminal.NONE);
        return new Run(code, out.toString(), err.toString());
    }

    private Path cached(String repository) throws IOException {
        Path home = folder.resolve("hub/models--" + repository.replace("/", "--"));
        Files.createDirectories(home.resolve("refs"));
        Files.writeString(home.resolve("refs/main"), COMMIT);
        return Files.createDirectories(home.resolve("snapshots").resolve(COMMIT));
    }

    @Test
    void aCachedRepositoryOfAdaptersStandsForAllOfThem() throws IOException {
        Path snapshot = cached("acme/many");
        adapter().seed(3).writeTo(snapshot.resolve("step-100"));
        adapter().seed(4).writeTo(snapshot.resolve("step-200"));
        Path local = folder.resolve("local");
        adapter().seed(3).writeTo(local.resolve("step-100"));
        adapter().seed(4).writeTo(local.resolve("step-200"));
        Run expected = run("score", local.toString(), "--metric", "cosine", "--format", "csv");
        Run all = run("score", "acme/many", "--metric", "cosine", "--format", "csv");
        assertThat(all.code()).isZero();
        assertThat(all.out()).isEqualTo(expected.out().replace(local.toString(), "acme/many"));
        Run one = run("score", "acme/many/step-100@main", "--metric", "cosine", "--format", "csv");
        Run ofLocal = run("score", local.resolve("step-100").toString(), "--metric", "cosine", "--format", "csv");
        assertThat(one.code()).isZero();
        assertThat(one.out()).isEqualTo(ofLocal.out());
    }

    @Test
    void severalAdaptersOfACachedRepositoryAreWrittenUnderTheirNames() throws IOException {
        Path snapshot = cached("acme/many");
        adapter().seed(3).writeTo(snapshot.resolve("step-100"));
        adapter().seed(4).writeTo(snapshot.resolve("step-200"));
        Run run = run(
                "prune",
                "acme/many@main",
                "--count",
                "1",
                "--output",
                folder.resolve("out").toString());
        assertThat(run.err()).isEmpty();
        assertThat(folder.resolve("out/step-100/adapter_model.safetensors")).exists();
        assertThat(folder.resolve("out/step-200/adapter_model.safetensors")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "peft, _orig_mod.base_model.model.",
        "peft, ''",
        "peft, module.base_model.model.",
        "peft, base_model.model.base_model.model.",
        "vllm, _orig_mod.base_model.model.",
        "vllm, base_model.model._orig_mod."
    })
    void keysThatTheClientWouldIgnoreAreNotWritten(String client, String prefix) {
        TinyAdapter adapter = new TinyAdapter();
        names().forEach(name ->
                adapter.random(prefix + name + ".lora_A.weight", 2, 4).random(prefix + name + ".lora_B.weight", 6, 2));
        adapter.writeTo(folder.resolve("adapter"));
        Path output = folder.resolve("out");
        Run run = run(
                "prune",
                folder.resolve("adapter").toString(),
                "--count",
                "1",
                "--client",
                client,
                "--output",
                output.toString());
        assertThat(run.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run.errors()).singleElement().asString().contains("tensor '" + prefix + "model.layers.0");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prune", "repair"})
    void aTrainersFolderLeavesItsStateBehindWithOneWarning(String command) throws IOException {
        Path checkpoint = adapter().writeTo(folder.resolve("checkpoint-500"));
        for (String file : List.of("README.md", "tokenizer.json", "optimizer.pt", "rng_state.pth", "model.gguf")) {
            Files.writeString(checkpoint.resolve(file), "{}");
        }
        Path state = Files.createDirectory(checkpoint.resolve("global_step500"));
        Files.writeString(state.resolve("mp_rank_00_model_states.pt"), "states");
        Path output = folder.resolve("out");
        assertThat(run(command, checkpoint.toString(), "--output", output.toString())
                        .code())
                .isZero();
        try (Stream<Path> written = Files.list(output)) {
            assertThat(written.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "README.md",
                            "tokenizer.json",
                            "adapter_config.json",
                            "adapter_model.safetensors",
                            "splora-report.json");
        }
    }
}
