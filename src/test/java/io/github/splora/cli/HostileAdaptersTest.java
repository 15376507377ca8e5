package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that hide what they do, through the commands that write an adapter. The gates of score: {@code scripts/attacks}. */
class HostileAdaptersTest {

    private static final List<String> MODULES = IntStream.range(0, 4)
            .mapToObj(i -> "model.layers." + i + ".self_attn.q_proj")
            .toList();
    private static final String PREFIX = "base_model.model.";

    @TempDir
    Path folder;

    @BeforeEach
    void writeModels() {
        model(1).writeTo(folder.resolve("base"));
        model(2).writeTo(folder.resolve("aligned"));
    }

    private static TinyCheckpoint model(long seed) {
        TinyCheckpoint model = new TinyCheckpoint().seed(seed).config("{\"model_type\": \"llama\"}");
        MODULES.forEach(name -> model.random(name + ".weight", 6, 4).random(name + ".bias", 6));
        return model.random("lm_head.weight", 9, 4);
    }

    private static TinyAdapter adapter() {
        TinyAdapter adapter = new TinyAdapter();
        MODULES.forEach(name -> adapter.module(name, 6, 4));
        return adapter;
    }

    private Run run(String command, TinyAdapter adapter, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                Stream.concat(
                                Stream.of(
                                        command,
                                        "--base",
                                        folder.resolve("base").toString(),
                                        "--aligned",
                                        folder.resolve("aligned").toString(),
                                        "--adapter",
                                        adapter.writeTo(folder.resolve("adapter"))
                                                .toString(),
                                        command.equals("sweep") ? "--keep" : "--output",
                                        folder.resolve("out").toString()),
                                Stream.of(more))
                        .toArray(String[]::new),
                new PrintWriter(out),
                new PrintWriter(err),
                new HubCache(folder.resolve("hub")),
                Terminal.NONE);
        return new Run(code, out.toString(), err.toString());
    }

    private List<String> written() {
        try (Adapter pruned = Adapter.open(folder.resolve("out"))) {
            return List.copyOf(pruned.weights().tensors().keySet());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "drop, base_layer.weight, false",
        "drop, weight, false",
        "zero, base_layer.weight, true",
        "zero, weight, true",
        "zero, bias, true",
    })
    void wholeWeightsOfSelectedModulesAreRemovedOrNamed(String action, String tensor, boolean stays) {
        String first = MODULES.get(0);
        TinyAdapter adapter = tensor.endsWith("bias")
                ? adapter().random(PREFIX + first + "." + tensor, 6)
                : adapter().random(PREFIX + first + "." + tensor, 6, 4);
        Run run = run("prune", adapter, "--action", action, "--prune-module", first, "--count", "0");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()
                        .contains("the adapter also saves a whole weight or bias of 1 selected module, which stays"))
                .isEqualTo(stays);
        assertThat(written().contains(PREFIX + first + "." + tensor)).isEqualTo(stays);
    }

    @Test
    void aSavedHeadOfASelectedModuleStaysAndIsNamed() {
        TinyAdapter adapter = adapter()
                .config("target_modules", "[\"q_proj\", \"lm_head\"]")
                .module("lm_head", 9, 4)
                .random(PREFIX + "lm_head.base_layer.weight", 9, 4);
        Run run = run("prune", adapter, "--prune-module", "lm_head", "--count", "0");
        assertThat(run.err()).contains("which stays and differs from the aligned one: lm_head");
        assertThat(written()).contains(PREFIX + "lm_head.weight");
    }

    /** A repaired adapter must not look accounted for if something in it was never looked at. */
    @ParameterizedTest
    @CsvSource({
        "modules_to_save, [\"lm_head\"], lm_head.weight, 9, 4, lm_head",
        "bias, \"none\", model.layers.1.self_attn.q_proj.base_layer.weight, 6, 4, q_proj",
        "exclude_modules, [\"layers.1.self_attn.q_proj\"], unused, 1, 1, would not load",
        "init_lora_weights, false, unused, 1, 1, init_lora_weights",
    })
    void aRepairUnderAGateFailsOnWhatItDoesNotRepair(
            String field, String value, String tensor, int rows, int columns, String says) {
        TinyAdapter adapter = adapter().config(field, value).config("target_modules", "[\"q_proj\", \"lm_head\"]");
        Run gated = run("repair", adapter.random(PREFIX + tensor, rows, columns), "--fail-on", "max-score>99");
        assertThat(gated.code()).isEqualTo(ExitCode.GATE_FAILED);
        assertThat(gated.err()).contains("gate failed: ").contains(says);
    }

    @ParameterizedTest
    @CsvSource({
        "model.embed_tokens, lora_A.weight, lora_B.weight, 4, 9",
        "model.layers.3.self_attn.k_proj, lora_embedding_A, lora_embedding_B, 6, 4",
    })
    void factorsUnderTheNamesOfAnotherKindOfLayerAreNotLoaded(String module, String a, String b, int out, int in) {
        model(1).random("model.embed_tokens.weight", 4, 9)
                .random("model.layers.3.self_attn.k_proj.weight", 4, 6)
                .writeTo(folder.resolve("base"));
        model(2).random("model.embed_tokens.weight", 4, 9)
                .random("model.layers.3.self_attn.k_proj.weight", 4, 6)
                .writeTo(folder.resolve("aligned"));
        TinyAdapter adapter = adapter()
                .config("target_modules", "[\"q_proj\", \"k_proj\", \"embed_tokens\"]")
                .random(PREFIX + module + "." + a, 2, in)
                .random(PREFIX + module + "." + b, out, 2);
        Run run = run("prune", adapter, "--count", "1", "--fail-on", "max-score>99");
        assertThat(run.err()).contains("gate failed: PEFT would not load 1 module of the adapter (" + module + ")");
        assertThat(run.code()).isEqualTo(ExitCode.GATE_FAILED);
    }

    /** Stack traces and debugging output quote what users and files say, too. */
    @ParameterizedTest
    @ValueSource(strings = {"\u001b[2J", "\r", "\n", "\u0007", "\u009b31m", "\u202e", "\u2028", "\u0000", "\u200b"})
    void nothingIsPrintedRawUnderVerbose(String text) {
        String json = "\"(" + text.chars().mapToObj("\\\\u%04x"::formatted).collect(Collectors.joining()) + "\"";
        List<Run> runs = new ArrayList<>(List.of(
                run("score", adapter().config("target_modules", json), "-v", "--metric", "cosine"),
                run("score", adapter().config("rank_pattern", "{" + json + ": 2}"), "-v", "--metric", "cosine"),
                run("score", adapter().config("peft_type", json), "-v"),
                run("score", adapter().config("bias", json), "-v"),
                run("score", adapter().module("model.layers.9" + text + ".q_proj", 6, 4), "-v"),
                run("score", adapter(), "-v", "--include", "/(" + text + "/"),
                run("score", adapter(), "-v", "--include", text),
                run("score", adapter(), "-v", "--fail-on", "max-score>" + text),
                run("score", adapter(), "-v", "--report", folder + "/" + text + ".txt"),
                run("repair", adapter().module("model.layers.0" + text + ".k_proj", 6, 4), "-v")));
        if (!text.equals("\u0000")) {
            runs.add(run("score", adapter(), "-v", "--adapter", folder + "/" + text));
        }
        for (Run run : runs) {
            String printed = run.err().replaceAll("(?m)^\tat ", "");
            assertThat(printed.chars().filter(each -> each != '\n').mapToObj(Character::toString))
                    .noneMatch(each -> each.matches("[\\p{Cc}\\p{Cf}\u2028\u2029]"));
            assertThat(printed.lines())
                    .allMatch(
                            line -> line.matches("[^ ]*: .*|Caused by: .*|Try .*|[\\w.$/@ <>]+\\(.*|Did you mean .*"));
        }
    }

    @Test
    void aSweepNamesWhatNoCandidateCorrects() {
        TinyAdapter adapter = adapter()
                .config("modules_to_save", "[\"lm_head\"]")
                .config("exclude_modules", "[\"layers.1.self_attn.q_proj\"]")
                .random(PREFIX + "lm_head.weight", 9, 4);
        Run run = run("sweep", adapter, "--candidate", "--count 1");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("warning: 1 part of the fine-tune changes the model but is not corrected in any candidate:"
                        + " lm_head (saved-weight)")
                .contains("warning: PEFT would not load 1 module of the adapter");
    }
}
