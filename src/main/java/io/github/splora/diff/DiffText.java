package io.github.splora.diff;

import io.github.splora.diff.Diff.Field;
import io.github.splora.diff.Diff.ModuleChange;
import io.github.splora.error.Plural;
import io.github.splora.error.Printable;
import io.github.splora.report.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes differences as text. */
public final class DiffText {

    /** Number of modules or tensors shown unless the user wants all. */
    private static final int MOST = 20;

    private DiffText() {}

    /**
     * Returns the text, with a final line break.
     *
     * @param isWhole whether to list all modules and tensors instead of the first
     */
    public static String write(Diff diff, boolean isWhole) {
        List<String> lines = new ArrayList<>();
        lines.add("before: " + Printable.text(diff.before()));
        lines.add("after:  " + Printable.text(diff.after()));
        if (diff.same()) {
            lines.add("no difference");
            return String.join("\n", lines) + "\n";
        }
        lines.add("");
        lines.add(summary(diff));
        section(lines, "fields:", diff.fields().stream().map(DiffText::field).toList(), true);
        section(
                lines,
                diff.kind().equals("reports")
                        ? "modules, score before -> after:"
                        : "modules, |dW after - dW before| / |dW before|:",
                diff.modules().stream().map(DiffText::module).toList(),
                isWhole);
        section(
                lines,
                "other tensors:",
                diff.tensors().stream()
                        .map(tensor -> tensor.change() + "  " + Printable.text(tensor.name()))
                        .toList(),
                isWhole);
        return String.join("\n", lines) + "\n";
    }

    private static String summary(Diff diff) {
        List<String> parts = new ArrayList<>();
        for (String change : List.of(Diff.ADDED, Diff.REMOVED, Diff.CHANGED)) {
            long count = diff.modules().stream()
                    .filter(module -> module.change().equals(change))
                    .count();
            if (count > 0) {
                parts.add(Plural.of(count, "module") + " " + change);
            }
        }
        if (!diff.fields().isEmpty()) {
            parts.add(Plural.of(diff.fields().size(), "field") + " changed");
        }
        if (!diff.tensors().isEmpty()) {
            parts.add(Plural.of(diff.tensors().size(), "other tensor") + " added, removed or changed");
        }
        return String.join(", ", parts)
                + (diff.relativeChange() == null
                        ? ""
                        : "; the whole delta changed by " + Figures.percent(diff.relativeChange()) + " of its norm");
    }

    private static void section(List<String> lines, String title, List<String> entries, boolean isWhole) {
        if (entries.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(title);
        int shown = isWhole ? entries.size() : Math.min(MOST, entries.size());
        entries.subList(0, shown).forEach(entry -> lines.add("  " + entry));
        if (shown < entries.size()) {
            lines.add("  ... " + (entries.size() - shown) + " more; --all-rows shows them");
        }
    }

    private static String field(Field field) {
        return Printable.text(field.name()) + ": " + value(field.before()) + " -> " + value(field.after());
    }

    private static String value(@Nullable String json) {
        return json == null ? "(absent)" : Printable.text(json);
    }

    private static String module(ModuleChange module) {
        List<String> parts = new ArrayList<>();
        if (!module.change().equals(Diff.CHANGED)) {
            parts.add(module.change());
        } else if (module.relativeChange() != null) {
            parts.add(Figures.number(module.relativeChange()));
        } else if (module.scoreBefore() != null || module.scoreAfter() != null) {
            parts.add(Figures.number(module.scoreBefore()) + " -> " + Figures.number(module.scoreAfter()));
        } else {
            parts.add(module.change());
        }
        parts.add(Printable.text(module.name()));
        if (module.change().equals(Diff.CHANGED)) {
            arrow("rank", module.rankBefore(), module.rankAfter(), parts);
            arrow("scaling", module.scalingBefore(), module.scalingAfter(), parts);
            arrow("decision", module.decisionBefore(), module.decisionAfter(), parts);
        }
        return String.join("  ", parts);
    }

    private static void arrow(String name, @Nullable Object before, @Nullable Object after, List<String> parts) {
        if (!Objects.equals(before, after)) {
            parts.add(name + " " + Printable.text(before + " -> " + after));
        }
    }
}
