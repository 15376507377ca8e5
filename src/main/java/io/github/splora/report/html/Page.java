package io.github.splora.report.html;

import io.github.splora.error.Plural;
import io.github.splora.report.ActionWords;
import io.github.splora.report.Figures;
import io.github.splora.report.Heatmap;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.Origins;
import io.github.splora.report.RemovalCurve;
import io.github.splora.report.RunReport;
import io.github.splora.report.RunReport.Parameters;
import io.github.splora.report.RunReport.Summary;
import io.github.splora.report.ScoreScale;
import io.github.splora.report.Sentences;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The data that the template shows, by name. Text is unescaped; the template escapes it.
 *
 * @param title the name of the adapter or merged checkpoint
 * @param path the same as the user gave it; null if that is the name
 * @param words how the page speaks of the action
 * @param marks whether selected modules are marked: if all are, marks would say nothing
 * @param conclusion the decision in a sentence
 * @param direction which way the modules point; null if unknown
 * @param figures the figures of the summary
 * @param isCorrected whether the table has the columns of corrections
 * @param heatmapNote what the marks in the map mean
 * @param expanded the command with every option; null if unknown
 * @param choice why a sweep chose this result; null if none did
 * @param history what had been done to the input before
 * @param charts the charts; null if no module has a score
 * @param effects what changes the model besides the modules, and how
 */
record Page(
        RunReport report,
        String policy,
        String style,
        String script,
        String title,
        @Nullable String path,
        ActionWords words,
        boolean marks,
        boolean isCorrected,
        String heatmapNote,
        String conclusion,
        @Nullable String direction,
        List<Fact> figures,
        List<Fact> settings,
        @Nullable String command,
        @Nullable String expanded,
        @Nullable String choice,
        List<String> history,
        Map map,
        @Nullable Charts charts,
        List<String> types,
        List<Row> rows,
        List<Fact> effects) {

    private static final int BAND = 30;

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
     * The charts. {@code unit} is the granularity of their scores; {@code clipped} says if some lie beyond the axis; there is no
     * {@code whatIf} where nothing is removed.
     */
    record Charts(String unit, int units, boolean clipped, Distribution distribution, @Nullable WhatIf whatIf) {}

    /** One line of the table. The name may be broken between its parts. */
    record Row(
            ModuleRow module,
            List<String> nameParts,
            String block,
            String shape,
            String score,
            ScoreBars.Bar bar,
            boolean prune,
            String decision,
            Figure cosine,
            Figure deltaNorm,
            Figure correctedNorm,
            String rank,
            List<Figure> figures) {}

    /** A number as it is shown, and with all digits for sorting; {@code raw} is empty if there is no number. */
    record Figure(String text, String raw) {}

    /** Returns the sign of selected modules. */
    String sign() {
        return sign(words);
    }

    static Page of(RunReport report, String policy, String style, String script) {
        Heatmap heatmap = Heatmap.of(report.modules());
        ActionWords words = ActionWords.of(report);
        boolean marks = report.summary().pruned() < report.summary().modules();
        ScoreBars bars = ScoreBars.of(report.modules());
        String name = report.inputs().name();
        return new Page(
                report,
                policy,
                style,
                script,
                name,
                name.equals(report.inputs().subject()) ? null : report.inputs().subject(),
                words,
                marks,
                report.hasCorrected(),
                heatmapNote(report, words, marks),
                Sentences.conclusion(report),
                Sentences.directions(report).map(Page::capitalized).orElse(null),
                figures(report, words),
                settings(report),
                line(report.command()),
                report.provenance() == null ? null : line(report.provenance().expandedCommand()),
                Origins.choice(report).orElse(null),
                Origins.history(report),
                map(heatmap, marks),
                charts(report),
                report.modules().stream()
                        .map(ModuleRow::type)
                        .distinct()
                        .sorted()
                        .toList(),
                report.modules().stream()
                        .map(row -> row(row, words, marks, bars))
                        .toList(),
                report.effects().stream()
                        .map(effect ->
                                new Fact(effect.name(), effect.reason() + ", norm " + Figures.number(effect.norm())))
                        .toList());
    }

    private static @Nullable String line(List<String> command) {
        return command.isEmpty() ? null : "splora " + ShellWords.join(command);
    }

    static String capitalized(String sentence) {
        return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
    }

    private static String heatmapNote(RunReport report, ActionWords words, boolean marks) {
        String order = Sentences.isWhateverTheScore(report)
                ? "A high score means that a module is farther from the reference than comparable modules. The"
                        + " selection does not depend on it: "
                        + (marks ? "all modules that can be were selected." : "all modules were selected.")
                : "Modules with the highest scores are selected first.";
        return order + (marks ? " Outlined, bold cells with " + sign(words) + ": " + words.selected() + "." : "");
    }

    /** Returns the sign of a selected module: one that does not look like a removal where nothing is removed. */
    private static String sign(ActionWords words) {
        return words.removes() ? "×" : "•";
    }

    private static List<Fact> figures(RunReport report, ActionWords words) {
        Summary summary = report.summary();
        List<Fact> facts = new ArrayList<>(List.of(
                new Fact("modules " + words.selected(), summary.pruned() + " of " + summary.modules()),
                new Fact("share of modules", Figures.percent(summary.prunedFraction()))));
        if (words.removes()) {
            facts.add(new Fact("share of ‖ΔW‖² " + words.selected(), Figures.percent(summary.prunedDeltaShare())));
        } else {
            facts.addAll(corrections(report));
        }
        facts.add(new Fact("highest score", Figures.number(summary.maxScore())));
        if (summary.maxKeptScore() != null || words.removes()) {
            facts.add(new Fact("highest score kept", Figures.number(summary.maxKeptScore())));
        }
        facts.add(new Fact("without a score", String.valueOf(summary.modules() - summary.scored())));
        Sentences.judged(report)
                .ifPresent(sentence -> facts.add(
                        new Fact("share of all changes that is scored", Figures.percent(summary.judgedShare()))));
        return facts;
    }

    /** Returns what a correction was made with, and what it did. */
    private static List<Fact> corrections(RunReport report) {
        List<Fact> facts = new ArrayList<>();
        report.parameters()
                .actionParameters()
                .forEach((parameter, value) -> facts.add(new Fact(parameter.toString(), parameter.inWords(value))));
        Set<String> ranks = report.modules().stream()
                .filter(row -> row.correctedRank() != null)
                .map(row -> row.rankText("→"))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (ranks.size() == 1) {
            facts.add(new Fact("rank", ranks.iterator().next()));
        }
        Sentences.correctedShare(report)
                .ifPresent(share -> facts.add(new Fact("‖ΔW‖² after correction, of before", Figures.percent(share))));
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
        Origins.created(report).ifPresent(time -> facts.add(1, new Fact("made", time)));
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

    private static Map map(Heatmap heatmap, boolean marks) {
        ScoreScale scale = heatmap.scale();
        List<Line> lines = heatmap.lines().stream()
                .map(line -> new Line(
                        heatmap.hasManyStacks() ? line.path() : line.number(),
                        heatmap.types().stream()
                                .map(type -> cell(line.cells().get(type), marks, scale))
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

    private static Cell cell(@Nullable ModuleRow row, boolean marks, ScoreScale scale) {
        return row == null
                ? new Cell(false, "", "", false, "")
                : new Cell(
                        true,
                        Figures.brief(row.score(), scale.high() - scale.low()),
                        row.score() == null ? "" : "l" + scale.level(row.score()),
                        row.goes() && marks,
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
                ActionWords.of(report).removes() ? WhatIf.of(curve, scores) : null);
    }

    private static Row row(ModuleRow row, ActionWords words, boolean marks, ScoreBars bars) {
        return new Row(
                row,
                List.of(row.name().split("(?<=\\.)")),
                row.block() == null ? "" : row.block().toString(),
                row.shapeText("×"),
                Figures.number(row.score()),
                bars.bar(row.score()),
                row.goes() && marks,
                words.decision(row),
                figure(row.cosine()),
                figure(row.deltaNorm()),
                figure(row.correctedNorm()),
                row.rankText("→"),
                List.of(
                        figure(row.distance()),
                        figure(row.expectedDistance()),
                        figure(row.spread()),
                        figure(row.referenceNorm()),
                        figure(row.alignmentNorm())));
    }

    private static Figure figure(@Nullable Double value) {
        return new Figure(Figures.number(value), value == null ? "" : value.toString());
    }
}
