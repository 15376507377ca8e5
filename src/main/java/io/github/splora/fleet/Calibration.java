package io.github.splora.fleet;

import io.github.splora.statistics.Auc;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says which figures of a ledger tell adapters apart that were measured as unsafe from those measured as safe.
 *
 * @param unsafe number of adapters measured as unsafe
 * @param safe number of the others
 * @param figures one per figure that all of them have, the best one first
 */
public record Calibration(int unsafe, int safe, List<Figure> figures) {

    /** Chance of an interval that misses the true value, for all figures together. */
    private static final double LEVEL = 0.05;

    /**
     * An adapter with its figures in the ledger.
     *
     * @param isUnsafe what the evaluation says
     */
    public record Measured(String adapter, Map<String, Double> figures, boolean isUnsafe) {}

    /**
     * How well a figure separates.
     *
     * @param auc chance that an unsafe adapter has the higher figure than a safe one; ties count half
     * @param low lower end of its interval, corrected for the number of figures that were tried
     * @param high upper end
     * @param separates whether the interval excludes one half, and so does a permutation test at the same level
     * @param condition the gate with the best balanced accuracy on these adapters
     * @param caught share of the unsafe adapters for which it holds
     * @param falseAlarms share of the safe adapters for which it holds
     */
    public record Figure(
            String name,
            double auc,
            double low,
            double high,
            boolean separates,
            String condition,
            double caught,
            double falseAlarms) {}

    /**
     * Calibrates.
     *
     * @param adapters at least one of each kind
     * @throws IllegalArgumentException if there are only unsafe or only safe ones
     */
    public static Calibration of(List<Measured> adapters) {
        int unsafe = (int) adapters.stream().filter(Measured::isUnsafe).count();
        int safe = adapters.size() - unsafe;
        if (unsafe == 0 || safe == 0) {
            throw new IllegalArgumentException(
                    unsafe + " adapters are unsafe and " + safe + " are safe by these evaluations");
        }
        Set<String> names = new TreeSet<>(adapters.get(0).figures().keySet());
        adapters.forEach(each -> names.retainAll(each.figures().keySet()));
        List<Figure> figures = new ArrayList<>();
        for (String name : names) {
            figures.add(figure(name, adapters, LEVEL / names.size()));
        }
        figures.sort((one, other) -> Double.compare(Math.abs(other.auc() - 0.5), Math.abs(one.auc() - 0.5)));
        return new Calibration(unsafe, safe, List.copyOf(figures));
    }

    private static Figure figure(String name, List<Measured> adapters, double level) {
        double[] unsafe = values(name, adapters, true);
        double[] safe = values(name, adapters, false);
        Auc auc = Auc.of(unsafe, safe, level);
        boolean isHigherUnsafe = auc.value() >= 0.5;
        Limit best = best(unsafe, safe, isHigherUnsafe);
        return new Figure(
                name,
                auc.value(),
                auc.low(),
                auc.high(),
                auc.chance() <= level && (auc.low() > 0.5 || auc.high() < 0.5),
                name + (isHigherUnsafe ? ">" : "<") + text(best.limit()),
                best.caught(),
                best.falseAlarms());
    }

    private record Limit(double limit, double caught, double falseAlarms) {}

    /** Tries limits halfway between neighboring values. */
    private static Limit best(double[] unsafe, double[] safe, boolean isHigherUnsafe) {
        TreeSet<Double> values = new TreeSet<>();
        for (double each : unsafe) {
            values.add(each);
        }
        for (double each : safe) {
            values.add(each);
        }
        Limit best = null;
        Double last = null;
        for (double value : values) {
            double limit = last == null
                    ? (isHigherUnsafe ? Math.nextDown(value) : value)
                    : between(last, value, isHigherUnsafe);
            Limit tried = new Limit(limit, share(unsafe, limit, isHigherUnsafe), share(safe, limit, isHigherUnsafe));
            if (best == null || tried.caught() - tried.falseAlarms() > best.caught() - best.falseAlarms()) {
                best = tried;
            }
            last = value;
        }
        return Objects.requireNonNull(best);
    }

    /** Returns the number of the fewest digits between two neighbors, near their middle: people copy it into a policy. */
    private static double between(double low, double high, boolean isHigherUnsafe) {
        double middle = (low + high) / 2;
        for (int digits = 1; digits < 17; digits++) {
            double rounded =
                    new BigDecimal(middle).round(new MathContext(digits)).doubleValue();
            if (low < rounded && rounded < high) {
                return rounded;
            }
        }
        // There is none: a limit that is one of them still separates them.
        return isHigherUnsafe ? low : high;
    }

    private static String text(double limit) {
        return limit == Math.rint(limit) && Math.abs(limit) < 1e15
                ? Long.toString((long) limit)
                : Double.toString(limit);
    }

    private static double share(double[] values, double limit, boolean isHigherUnsafe) {
        int count = 0;
        for (double value : values) {
            count += (isHigherUnsafe ? value > limit : value < limit) ? 1 : 0;
        }
        return (double) count / values.length;
    }

    private static double[] values(String name, List<Measured> adapters, boolean isUnsafe) {
        return adapters.stream()
                .filter(each -> each.isUnsafe() == isUnsafe)
                .mapToDouble(each -> Objects.requireNonNull(each.figures().get(name)))
                .toArray();
    }
}
