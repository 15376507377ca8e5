package io.github.splora.report;

import io.github.splora.report.RunReport.AdapterInput;
import io.github.splora.report.RunReport.CheckpointInput;
import io.github.splora.report.RunReport.Engine;
import io.github.splora.report.RunReport.Inputs;
import io.github.splora.report.RunReport.Parameters;
import io.github.splora.report.RunReport.Timing;
import io.github.splora.report.RunReport.Tool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

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
                        "peft"),
                new Inputs(
                        new CheckpointInput("base", "ab"),
                        new CheckpointInput("ünïcode/aligned", "cd"),
                        new AdapterInput("adapter", "ef", "01")),
                new Engine("PyTorch", "2.7.1", "cpu", 4),
                modules,
                Summaries.of(modules),
                List.of("beware"),
                new Timing(0.5, 0.75, 1234567890123L));
    }

    /** Returns the report with another summary. */
    public static RunReport with(RunReport report, RunReport.Summary summary, EffectRow... effects) {
        return new RunReport(
                report.schemaVersion(),
                report.tool(),
                report.command(),
                report.metric(),
                report.parameters(),
                report.inputs(),
                report.engine(),
                report.modules(),
                List.of(effects),
                List.of(),
                summary,
                report.warnings(),
                null,
                report.timing());
    }

    /** Returns the report with another action and its parameters; null for those that it does not take. */
    public static RunReport withAction(
            RunReport report, String action, String configStyle, Double strength, Double energy, Double gain) {
        Parameters old = report.parameters();
        return new RunReport(
                report.schemaVersion(),
                report.tool(),
                report.command(),
                report.metric(),
                new Parameters(
                        old.reference(),
                        old.population(),
                        old.centre(),
                        old.spread(),
                        old.energy(),
                        old.seed(),
                        old.include(),
                        old.exclude(),
                        old.granularity(),
                        old.rule(),
                        old.value(),
                        old.defaultRule(),
                        action,
                        configStyle,
                        strength,
                        energy,
                        gain,
                        old.gainExponent(),
                        old.restore(),
                        old.restoreRank(),
                        old.restoreModules(),
                        old.tolerance(),
                        old.client()),
                report.inputs(),
                report.engine(),
                report.modules(),
                report.summary(),
                report.warnings(),
                report.timing());
    }

    /** Returns the report as if it were of a merged checkpoint. */
    public static RunReport merged(RunReport report) {
        RunReport restored = withAction(report, "drop", null, null, null, null);
        return new RunReport(
                restored.schemaVersion(),
                restored.tool(),
                restored.command(),
                restored.metric(),
                restored.parameters(),
                new Inputs(
                        restored.inputs().base(),
                        restored.inputs().aligned(),
                        null,
                        new CheckpointInput("merged", "ef")),
                restored.engine(),
                restored.modules(),
                restored.summary(),
                restored.warnings(),
                restored.timing());
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
