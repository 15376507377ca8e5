package io.github.splora.report.html;

import io.github.splora.error.Plural;
import io.github.splora.report.Figures;
import io.github.splora.report.Heatmap;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RemovalCurve;
import io.github.splora.report.RunReport;
import io.github.splora.report.RunReport.Parameters;
import io.github.splora.report.RunReport.Summary;
import io.github.splora.report.ScoreScale;
import io.github.splora.report.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The data that the template shows, by name. Text is unescaped; the template escapes it.
 *
 * @param conclusion the decision in a sentence
 * @param figures the figures of the summary
 * @param charts the charts; null if no module has a score
 * @param effects what changes the model besides the modules, and how
 */
record Page(
        RunReport report,
        String policy,
        String style,
        String script,
        String conclusion,
        List<Fact> figures,
        List<Fact> settings,
        @Nullable String command,
        Map map,
        @Nullable Charts charts,
        List<String> types,
        List<Row> rows,
        List<Fact> effects) {

    private static final int BAND = 30;
    private static final int BAR = 40;

    /** A name and its value. */
    record Fact(String name, String value) {}

    /** The heatmap. Bands of at most {@value #BAND} blocks are shown side by side if there is room. */
    record Map(List<String> types, List<List<Line>> bands, List<Level> levels, boolean clipped) {}

    /** One block. */
    record Line(String label, List<Cell> cells) {}

    /** One module, or an empty cell. */
    record Cell(boolean isModule, String text, String level, boolean prune, String name) {}

    /** One color of the scale, and the lowest score that has it. */
    record Level(String level, String from) {}

    /**
     * Both charts. {@code unit} is the granularity of their scores; {@code clipped} says if some lie beyond the axis.
     */
    record Charts(String unit, int units, boolean clipped, Distribution distribution, WhatIf whatIf) {}

    /** One line of the table. The name may be broken between its parts. */
    record Row(
            ModuleRow module,
            List<String> nameParts,
            String block,
            String shape,
            String score,
            String bar,
            boolean prune,
            List<Figure> figures) {}

    /** A number as it is shown, and with all digits for sorting; {@code raw} is empty if there is no number. */
    record Figure(String text, String raw) {}

    static Page of(RunReport report, String policy, String style, String script) {
        Heatmap heatmap = Heatmap.of(report.modules());
        return new Page(
                report,
                policy,
                style,
                script,
                Sentences.conclusion(report),
                figures(report),
                settings(report),
                report.command().isEmpty() ? null : "splora " + ShellWords.join(report.command()),
                map(heatmap),
                charts(report),
                report.modules().stream()
                        .map(ModuleRow::type)
                        .distinct()
                        .sorted()
                        .toList(),
                report.modules().stream().map(row -> row(row, heatmap.scale())).toList(),
                report.effects().stream()
                        .map(effect ->
                                new Fact(effect.name(), effect.reason() + ", norm " + Figures.number(effect.norm())))
                        .toList());
    }

    private static List<Fact> figures(RunReport report) {
        Summary summary = report.summary();
        List<Fact> facts = new ArrayList<>(List.of(
                new Fact("modules to prune", summary.pruned() + " of " + summary.modules()),
                new Fact("share of modules", Figures.percent(summary.prunedFraction())),
                new Fact("share of ‖ΔW‖² to prune", Figures.percent(summary.prunedDeltaShare())),
                new Fact("highest score", Figures.number(summary.maxScore())),
                new Fact("highest score kept", Figures.number(summary.maxKeptScore())),
                new Fact("without a score", String.valueOf(summary.modules() - summary.scored()))));
        Sentences.directions(report).ifPresent(sentence -> facts.add(new Fact("direction", sentence)));
        Sentences.judged(report)
                .ifPresent(sentence -> facts.add(
                        new Fact("share of all changes that is scored", Figures.percent(summary.judgedShare()))));
        return facts;
    }

    private static List<Fact> settings(RunReport report) {
        Parameters parameters = report.parameters();
        List<Fact> facts = new ArrayList<>(List.of(
                new Fact("version", report.tool().name() + " " + report.tool().version()),
                new Fact("metric", report.metric()),
                new Fact("reference", parameters.reference()),
                new Fact(
                        "population",
                        parameters.population() + " (" + parameters.centre() + ", " + parameters.spread() + ")"),
                new Fact("granularity", parameters.granularity()),
                new Fact(
                        "rule",
                        parameters.rule()
                                + (parameters.selection().isByScore() ? " " + parameters.value() : "")
                                + (parameters.defaultRule() ? " (default)" : ""))));
        if (!parameters.include().isEmpty()) {
            facts.add(new Fact("include", String.join(" ", parameters.include())));
        }
        if (!parameters.exclude().isEmpty()) {
            facts.add(new Fact("exclude", String.join(" ", parameters.exclude())));
        }
        if (parameters.action() != null) {
            facts.add(new Fact("action", Sentences.action(report)));
        }
        facts.add(new Fact(
                "engine",
                report.engine().name() + " " + report.engine().version() + ", "
                        + report.engine().device() + ", "
                        + Plural.of(report.engine().threads(), "thread")));
        facts.add(new Fact(
                "time",
                String.format(
                        Locale.ROOT,
                        "%.1f s (%.1f s for scoring); %s of weights compared",
                        report.timing().totalSeconds(),
                        report.timing().scoringSeconds(),
                        Plural.grouped(report.timing().checkpointBytes(), "byte"))));
        return facts;
    }

    private static Map map(Heatmap heatmap) {
        ScoreScale scale = heatmap.scale();
        List<Line> lines = heatmap.lines().stream()
                .map(line -> new Line(
                        heatmap.hasManyStacks() ? line.path() : line.number(),
                        heatmap.types().stream()
                                .map(type -> cell(line.cells().get(type), scale))
                                .toList()))
                .toList();
        List<List<Line>> bands = new ArrayList<>();
        int size = ceilDiv(lines.size(), ceilDiv(lines.size(), BAND));
        for (int start = 0; start < lines.size(); start += size) {
            bands.add(lines.subList(start, Math.min(lines.size(), start + size)));
        }
        List<Level> levels = new ArrayList<>();
        for (int level = 0; level < ScoreScale.LEVELS; level++) {
            double from = scale.low() + level * (scale.high() - scale.low()) / ScoreScale.LEVELS;
            levels.add(new Level("l" + level, Figures.brief(from, scale.high() - scale.low())));
        }
        return new Map(heatmap.types(), bands, levels, scale.clipped());
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    private static Cell cell(@Nullable ModuleRow row, ScoreScale scale) {
        return row == null
                ? new Cell(false, "", "", false, "")
                : new Cell(
                        true,
                        Figures.brief(row.score(), scale.high() - scale.low()),
                        row.score() == null ? "" : "l" + scale.level(row.score()),
                        row.goes(),
                        row.name());
    }

    private static @Nullable Charts charts(RunReport report) {
        RemovalCurve curve = RemovalCurve.of(report);
        if (curve.units().isEmpty()) {
            return null;
        }
        ScoreAxis scores = ScoreAxis.of(curve, report.parameters().selection(), Distribution.LEFT, Distribution.RIGHT);
        return new Charts(
                curve.granularity().toString(),
                curve.units().size(),
                scores.clipped(),
                Distribution.of(curve, scores),
                WhatIf.of(curve, scores));
    }

    private static Row row(ModuleRow row, ScoreScale scale) {
        return new Row(
                row,
                List.of(row.name().split("(?<=\\.)")),
                row.block() == null ? "" : row.block().toString(),
                row.shapeText("×"),
                Figures.number(row.score()),
                row.score() == null ? "0" : Axis.coordinate(Math.max(1, scale.share(row.score()) * BAR)),
                row.goes(),
                List.of(
                        figure(row.distance()),
                        figure(row.expectedDistance()),
                        figure(row.spread()),
                        figure(row.cosine()),
                        figure(row.deltaNorm()),
                        figure(row.referenceNorm()),
                        figure(row.alignmentNorm())));
    }

    private static Figure figure(@Nullable Double value) {
        return new Figure(Figures.number(value), value == null ? "" : value.toString());
    }
}
