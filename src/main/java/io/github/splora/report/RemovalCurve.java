package io.github.splora.report;

import io.github.splora.select.Granularity;
import io.github.splora.select.Ranking;
import io.github.splora.select.Ranking.Unit;
import io.github.splora.select.SelectionRule;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The modules that any other threshold or count would remove.
 *
 * @param granularity the unit of selection
 * @param units the units, highest score first
 * @param steps the steps that remove none, one, two, … of the units: one more step than units
 * @param chosen index of the step that the report chose
 */
public record RemovalCurve(Granularity granularity, List<Unit> units, List<Step> steps, int chosen) {

    /**
     * Removes a number of units, highest score first.
     *
     * @param count number of units
     * @param modules number of modules in these units
     * @param deltaShare share of ‖ΔW‖² that they hold, as in {@link RunReport.Summary}; null if nothing was measured
     * @param threshold the report's threshold if it has one and this is its step, else the shortest decimal number that
     *     removes exactly these units; null if a tie makes that impossible
     */
    public record Step(int count, int modules, @Nullable Double deltaShare, @Nullable Double threshold) {}

    /** Returns the curve for a report's rows. */
    public static RemovalCurve of(RunReport report) {
        Granularity granularity = Labels.find(
                        Granularity.class, report.parameters().granularity())
                .orElse(Granularity.MODULE);
        List<Unit> units = Ranking.of(
                        report.modules().stream()
                                .map(ModuleRow::toScore)
                                .flatMap(Optional::stream)
                                .toList(),
                        granularity)
                .units();
        long modules = report.modules().stream().filter(ModuleRow::goes).count();
        List<Step> steps = steps(report.modules(), units);
        int chosen = 0;
        while (chosen < units.size() && steps.get(chosen).modules() < modules) {
            chosen++;
        }
        if (report.parameters().selection() instanceof SelectionRule.Above above) {
            Step step = steps.get(chosen);
            steps.set(chosen, new Step(step.count(), step.modules(), step.deltaShare(), above.limit()));
        }
        return new RemovalCurve(granularity, units, steps, chosen);
    }

    private static List<Step> steps(List<ModuleRow> rows, List<Unit> units) {
        // Norms are divided by the largest, because their squares may overflow.
        double largest = rows.stream()
                .map(ModuleRow::deltaNorm)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        double allEnergy = rows.stream()
                .map(ModuleRow::deltaNorm)
                .mapToDouble(norm -> square(norm, largest))
                .sum();
        List<Step> steps = new ArrayList<>();
        int modules = 0;
        double energy = 0;
        for (int count = 0; count <= units.size(); count++) {
            if (count > 0) {
                Unit unit = units.get(count - 1);
                modules += unit.modules().size();
                energy += unit.modules().stream()
                        .mapToDouble(score -> square(score.deltaNorm(), largest))
                        .sum();
            }
            steps.add(new Step(
                    count,
                    modules,
                    allEnergy == 0 ? null : Double.valueOf(energy / allEnergy),
                    threshold(units, count)));
        }
        return steps;
    }

    private static double square(@Nullable Double norm, double unit) {
        return norm == null || unit == 0 ? 0 : (norm / unit) * (norm / unit);
    }

    /** Returns a number at or above the highest kept score and below the lowest removed one; null for a tie. */
    private static @Nullable Double threshold(List<Unit> units, int count) {
        if (units.isEmpty()) {
            return null;
        }
        double highest = units.get(0).score();
        double lowest = units.get(units.size() - 1).score();
        double margin = highest > lowest ? (highest - lowest) / 10 : 1;
        double stays =
                count == units.size() ? lowest - margin : units.get(count).score();
        double goes = count == 0 ? highest + margin : units.get(count - 1).score();
        BigDecimal middle = new BigDecimal(stays / 2 + goes / 2);
        for (int digits = 1; digits <= 17; digits++) {
            double rounded = middle.round(new MathContext(digits)).doubleValue();
            if (rounded >= stays && rounded < goes) {
                return rounded;
            }
        }
        return stays < goes ? Double.valueOf(stays) : null;
    }
}
