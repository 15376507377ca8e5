package io.github.splora.diff;

import io.github.splora.Version;
import io.github.splora.json.StrictJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The differences between two adapters or two reports: the document that {@code diff --format json} prints.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool the program that wrote the document, with its version
 * @param kind {@code adapters} or {@code reports}
 * @param before the older one, as the user named it
 * @param after the newer one, as the user named it
 * @param same whether nothing differs
 * @param relativeChange norm of the difference of all deltas, divided by the norm of the older ones; null for reports, and if it is
 *     undefined
 * @param fields fields of the configs, or of the reports, that differ
 * @param modules modules that differ, those that changed most first
 * @param tensors tensors that belong to no LoRA factor and differ; empty for reports
 */
public record Diff(
        int schemaVersion,
        String tool,
        String kind,
        String before,
        String after,
        boolean same,
        @Nullable Double relativeChange,
        List<Field> fields,
        List<ModuleChange> modules,
        List<TensorChange> tensors) {

    public static final int SCHEMA_VERSION = 1;

    static final String ADDED = "added";
    static final String REMOVED = "removed";
    static final String CHANGED = "changed";

    static Diff of(
            String kind,
            String before,
            String after,
            @Nullable Double relativeChange,
            List<Field> fields,
            List<ModuleChange> modules,
            List<TensorChange> tensors) {
        return new Diff(
                SCHEMA_VERSION,
                "splora " + Version.current(),
                kind,
                before,
                after,
                fields.isEmpty() && modules.isEmpty() && tensors.isEmpty(),
                relativeChange,
                fields,
                modules,
                tensors);
    }

    /**
     * A field that differs.
     *
     * @param before its value as JSON; null if it is absent
     * @param after its value as JSON; null if it is absent
     */
    public record Field(String name, @Nullable String before, @Nullable String after) {}

    /**
     * A module that differs. Fields of a side on which the module is absent are null.
     *
     * @param change {@code added}, {@code removed} or {@code changed}
     * @param relativeChange {@code ‖ΔW_after − ΔW_before‖ / ‖ΔW_before‖}; null for reports, and if it is undefined
     */
    public record ModuleChange(
            String name,
            String change,
            @Nullable Long rankBefore,
            @Nullable Long rankAfter,
            @Nullable Double scalingBefore,
            @Nullable Double scalingAfter,
            @Nullable Double relativeChange,
            @Nullable Double scoreBefore,
            @Nullable Double scoreAfter,
            @Nullable String decisionBefore,
            @Nullable String decisionAfter) {}

    /** A tensor that differs: {@code added}, {@code removed} or {@code changed}. */
    public record TensorChange(String name, String change) {}

    /** Returns the JSON document, with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }
}
