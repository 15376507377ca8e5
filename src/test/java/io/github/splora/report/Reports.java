package io.github.splora.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.json.StrictJson;
import io.github.splora.report.RunReport.AdapterInput;
import io.github.splora.report.RunReport.CheckpointInput;
import io.github.splora.report.RunReport.Engine;
import io.github.splora.report.RunReport.Inputs;
import io.github.splora.report.RunReport.Parameters;
import io.github.splora.report.RunReport.Timing;
import io.github.splora.report.RunReport.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;

/** Builds reports with invented figures. */
public final class Reports {

    public static final ModuleRow PRUNED = new ModuleRow(
            "model.layers.0.q",
            0,
            "q",
            List.of(48L, 96L),
            8,
            2,
            1.25,
            1.5,
            1.4,
            0.08,
            -0.125,
            3.0,
            0.5,
            0.5,
            null,
            null,
            null,
            "prune",
            "score 1.250 is above 0.5");
    public static final ModuleRow KEPT = new ModuleRow(
            "model.layers.11.k",
            11,
            "k",
            List.of(4L, 96L),
            16,
            0.5,
            -123456.0,
            1e-7,
            1.4,
            0.08,
            0.0,
            4.0,
            0.5,
            0.5,
            null,
            null,
            null,
            "keep",
            "score -1.235e+05 is not above 0.5");
    public static final ModuleRow UNSCORED = new ModuleRow(
            "lm_head",
            null,
            "lm_head",
            List.of(8L, 96L),
            8,
            2,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "left-out",
            "keep",
            "left out by \"--include\", or --exclude");

    private Reports() {}

    public static RunReport of(ModuleRow... rows) {
        return of("threshold", 0.5, false, rows);
    }

    public static RunReport of(String rule, Double value, boolean isDefault, ModuleRow... rows) {
        List<ModuleRow> modules = Arrays.asList(rows);
        return new RunReport(
                1,
                new Tool("splora", "1.2.3"),
                List.of("score", "--adapter", "my lora"),
                "e-diem",
                new Parameters(
                        "alignment",
                        "type",
                        "mean",
                        "iqr",
                        null,
                        null,
                        List.of("q"),
                        List.of(),
                        "module",
                        rule,
                        value,
                        isDefault,
                        "drop",
                        "exclude",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "peft"),
                new Inputs(
                        checkpoint("base", "ab"),
                        checkpoint("ünïcode/aligned", "cd"),
                        new AdapterInput("adapter", "ef", "01", null, null)),
                new Engine("PyTorch", "2.7.1", "cpu", 4),
                modules,
                List.of(),
                List.of(),
                Summaries.of(modules),
                List.of("beware"),
                null,
                new Provenance("2026-01-31T12:00:00Z", List.of("score", "--adapter", "my lora"), null, null, List.of()),
                new Timing(0.5, 0.75, 1234567890123L));
    }

    private static CheckpointInput checkpoint(String path, String fingerprint) {
        return new CheckpointInput(path, fingerprint, null, null, null);
    }

    /** Returns the report that the changed document describes. */
    public static RunReport changed(RunReport report, Consumer<ObjectNode> change) {
        ObjectNode json = StrictJson.toTree(report);
        change.accept(json);
        return StrictJson.fromTree(Path.of("report.json"), json, RunReport.class);
    }

    /** Returns the report with another summary. */
    public static RunReport with(RunReport report, RunReport.Summary summary, EffectRow... effects) {
        return changed(report, json -> {
            json.set("summary", StrictJson.toTree(summary));
            ArrayNode rows = json.putArray("effects");
            for (EffectRow effect : effects) {
                rows.add(StrictJson.toTree(effect));
            }
        });
    }

    /** Returns the report with other rows. */
    public static RunReport withRows(RunReport report, List<ModuleRow> rows) {
        return changed(report, json -> {
            ArrayNode modules = json.putArray("modules");
            rows.forEach(row -> modules.add(StrictJson.toTree(row)));
            json.set("summary", StrictJson.toTree(Summaries.of(rows)));
        });
    }

    /** Returns the report as if its run had written what it describes. */
    public static RunReport done(RunReport report) {
        return report.with(Objects.requireNonNull(report.provenance())
                .with(new Provenance.Output(
                        "out", List.of(new HashedFile("adapter_model.safetensors", 123, "9".repeat(64))))));
    }

    /** Returns the report with another action and its parameters; null for those that it does not take. */
    public static RunReport withAction(
            RunReport report, String action, String configStyle, Double strength, Double energy, Double gain) {
        return changed(report, json -> ((ObjectNode) json.get("parameters"))
                .put("action", action)
                .put("configStyle", configStyle)
                .put("strength", strength)
                .put("actionEnergy", energy)
                .put("gain", gain));
    }

    /** Returns the report as if it were of a merged checkpoint. */
    public static RunReport merged(RunReport report) {
        return changed(withAction(report, "drop", null, null, null, null), json -> {
            ObjectNode inputs = (ObjectNode) json.get("inputs");
            inputs.putNull("adapter");
            inputs.set("adapted", StrictJson.toTree(checkpoint("merged", "ef")));
        });
    }

    /** Returns an ordinary module with a given score. */
    public static ModuleRow row(String name, Double score, boolean prune) {
        return new ModuleRow(
                name,
                null,
                name.substring(name.lastIndexOf('.') + 1),
                List.of(4L, 4L),
                2,
                1,
                score,
                1.0,
                1.0,
                0.1,
                0.0,
                2.0,
                1.0,
                1.0,
                null,
                null,
                score == null ? "zero-delta" : null,
                prune ? "prune" : "keep",
                "");
    }

    /** A large adapter: {@code blocks} of seven modules each, of which those with a score above 0.5 are selected. */
    public static RunReport large(int blocks) {
        List<ModuleRow> rows = new ArrayList<>();
        Random random = new Random(blocks);
        for (int block = 0; block < blocks; block++) {
            for (String type : List.of(
                    "mlp.down_proj",
                    "mlp.gate_proj",
                    "mlp.up_proj",
                    "self_attn.k_proj",
                    "self_attn.o_proj",
                    "self_attn.q_proj",
                    "self_attn.v_proj")) {
                double score = random.nextGaussian();
                rows.add(row("model.layers." + block + "." + type, score, score > 0.5));
            }
        }
        return of(rows.toArray(ModuleRow[]::new));
    }
}
