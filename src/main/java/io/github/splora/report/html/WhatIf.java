package io.github.splora.report.html;

import io.github.splora.report.Figures;
import io.github.splora.report.RemovalCurve;
import io.github.splora.report.RemovalCurve.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The curves that show what other thresholds and counts would remove.
 *
 * @param modulePath number of removed modules, over the threshold
 * @param deltaPath removed share of ‖ΔW‖², over the threshold
 * @param choices all choices, from removing no unit to removing all
 * @param someChoices some of the choices, for the table
 * @param chosen the report's choice
 * @param last index of the last choice
 */
record WhatIf(
        String modulePath,
        String deltaPath,
        List<Axis.Tick> scoreTicks,
        List<Axis.Tick> moduleTicks,
        List<Axis.Tick> shareTicks,
        Distribution.@Nullable Cut cut,
        List<Choice> choices,
        List<Choice> someChoices,
        Choice chosen,
        int last) {

    private static final int[] PERCENTS = {0, 5, 10, 20, 30, 50, 75, 100};

    /** One choice, and its point on the curve. */
    record Choice(int count, int modules, String deltaShare, String threshold, String x, String y, boolean isChosen) {}

    static WhatIf of(RemovalCurve curve, ScoreAxis scores) {
        List<Step> steps = curve.steps();
        int last = steps.size() - 1;
        Axis modules = new Axis(0, Math.max(1, steps.get(last).modules()), Distribution.BOTTOM, Distribution.TOP);
        Axis shares = new Axis(0, 1, Distribution.BOTTOM, Distribution.TOP);
        Axis percents = new Axis(0, 100, Distribution.BOTTOM, Distribution.TOP);
        StringBuilder modulePath =
                new StringBuilder("M" + scores.axis().at(scores.axis().high()) + " " + modules.at(0));
        StringBuilder deltaPath = new StringBuilder(modulePath);
        List<Choice> choices = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            Step step = steps.get(i);
            if (i > 0) {
                String x = scores.axis().at(curve.units().get(i - 1).score());
                modulePath.append("H").append(x).append("V").append(modules.at(step.modules()));
                deltaPath
                        .append("H")
                        .append(x)
                        .append("V")
                        .append(shares.at(step.deltaShare() == null ? 0 : step.deltaShare()));
            }
            double place = step.threshold() != null
                    ? step.threshold()
                    : curve.units().get(Math.max(0, i - 1)).score();
            choices.add(new Choice(
                    i,
                    step.modules(),
                    Figures.percent(step.deltaShare()),
                    step.threshold() == null ? "-" : step.threshold().toString(),
                    scores.axis().at(place),
                    modules.at(step.modules()),
                    i == curve.chosen()));
        }
        String left = "H" + scores.axis().at(scores.axis().low());
        return new WhatIf(
                modulePath + left,
                deltaPath + left,
                scores.axis().ticks(),
                Distribution.whole(modules.ticks()),
                percents.ticks(),
                Distribution.Cut.of(scores),
                choices,
                some(choices, curve.chosen()),
                choices.get(curve.chosen()),
                last);
    }

    private static List<Choice> some(List<Choice> choices, int chosen) {
        TreeSet<Integer> picked = new TreeSet<>(List.of(chosen));
        for (int percent : PERCENTS) {
            picked.add((int) Math.round((choices.size() - 1) * percent / 100.0));
        }
        return picked.stream().map(choices::get).toList();
    }
}
