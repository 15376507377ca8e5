package io.github.splora.diff;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.adapter.TunedModule;
import io.github.splora.diff.Diff.Field;
import io.github.splora.diff.Diff.ModuleChange;
import io.github.splora.json.StrictJson;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares two reports: how they were made, what they sum up to, and the scores and decisions of each module. */
public final class ReportDiff {

    /** Relative difference up to which scores count as equal: machines round differently. */
    private static final double ROUNDING = 1e-6;

    private ReportDiff() {}

    /**
     * Returns the differences of two reports.
     *
     * @param nameBefore the older one, as the user named it
     * @param nameAfter the newer one, as the user named it
     */
    public static Diff of(String nameBefore, RunReport before, String nameAfter, RunReport after) {
        List<Field> fields = new ArrayList<>();
        if (!before.metric().equals(after.metric())) {
            fields.add(new Field("metric", before.metric(), after.metric()));
        }
        fields.addAll(FieldDiff.of("parameters.", tree(before.parameters()), tree(after.parameters())));
        fields.addAll(FieldDiff.of("inputs.", tree(before.inputs()), tree(after.inputs())));
        FieldDiff.of("summary.", tree(before.summary()), tree(after.summary())).stream()
                .filter(field -> !isRounding(field.before(), field.after()))
                .forEach(fields::add);
        return Diff.of("reports", nameBefore, nameAfter, null, fields, modules(before, after), List.of());
    }

    private static List<ModuleChange> modules(RunReport before, RunReport after) {
        Map<String, ModuleRow> old = byName(before);
        Map<String, ModuleRow> now = byName(after);
        Set<String> names = new TreeSet<>(TunedModule.NATURAL_ORDER);
        names.addAll(old.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .map(name -> change(name, old.get(name), now.get(name)))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingDouble(ReportDiff::distance).reversed())
                .toList();
    }

    private static @Nullable ModuleChange change(String name, @Nullable ModuleRow old, @Nullable ModuleRow now) {
        if (old != null
                && now != null
                && isRounding(old.score(), now.score())
                && old.decision().equals(now.decision())
                && old.rank() == now.rank()
                && isRounding((Double) old.scaling(), (Double) now.scaling())) {
            return null;
        }
        return new ModuleChange(
                name,
                old == null ? Diff.ADDED : (now == null ? Diff.REMOVED : Diff.CHANGED),
                old == null ? null : Long.valueOf(old.rank()),
                now == null ? null : Long.valueOf(now.rank()),
                old == null ? null : Double.valueOf(old.scaling()),
                now == null ? null : Double.valueOf(now.scaling()),
                null,
                old == null ? null : old.score(),
                now == null ? null : now.score(),
                old == null ? null : old.decision(),
                now == null ? null : now.decision());
    }

    private static double distance(ModuleChange change) {
        return change.scoreBefore() == null || change.scoreAfter() == null
                ? Double.POSITIVE_INFINITY
                : Math.abs(change.scoreAfter() - change.scoreBefore());
    }

    private static boolean isRounding(@Nullable Double one, @Nullable Double other) {
        if (one == null || other == null) {
            return Objects.equals(one, other);
        }
        return Math.abs(one - other) <= ROUNDING * Math.max(1, Math.max(Math.abs(one), Math.abs(other)));
    }

    private static boolean isRounding(@Nullable String one, @Nullable String other) {
        try {
            return one != null && other != null && isRounding(Double.valueOf(one), Double.valueOf(other));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static ObjectNode tree(Object part) {
        return StrictJson.toTree(part);
    }

    private static Map<String, ModuleRow> byName(RunReport report) {
        return report.modules().stream()
                .collect(Collectors.toMap(ModuleRow::name, Function.identity(), (first, second) -> second));
    }
}
