package io.github.splora.scan;

import io.github.splora.json.StrictJson;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A first look at an adapter: the document that {@code scan --format json} prints.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool the program that wrote the document, with its version
 * @param adapter what the adapter is
 * @param models the models that it is compared with
 * @param fits whether it fits them, and PEFT can load it; null if no model could be found
 * @param problems why it does not fit, or which model is missing; otherwise empty
 * @param picture what the scores say; null if nothing was scored
 * @param verdict what follows from all that, in one sentence
 * @param next commands to run next
 * @param warnings what a reader must know besides
 */
public record Scan(
        int schemaVersion,
        String tool,
        Portrait adapter,
        Models models,
        @Nullable Boolean fits,
        List<String> problems,
        @Nullable Picture picture,
        String verdict,
        List<String> next,
        List<String> warnings) {

    public static final int SCHEMA_VERSION = 1;

    /**
     * The models of a comparison.
     *
     * @param aligned the model that the adapter was trained on; null if it could not be found
     * @param base the model before alignment; null if it could not be found
     */
    public record Models(@Nullable String aligned, @Nullable String base) {}

    /**
     * What the scores say.
     *
     * @param compared number of modules that were compared with the alignment delta
     * @param againstAlignment number of these that move against it
     * @param meanCosine mean cosine between the modules and the alignment delta
     * @param judgedShare share of the squared norm of all changes that is in modules with a score
     * @param metric the metric of the scores
     * @param threshold score above which a module stands out
     * @param aboveThreshold number of modules that do
     * @param highest the modules with the highest scores, at most {@value #MOST}
     */
    public record Picture(
            int compared,
            @Nullable Integer againstAlignment,
            @Nullable Double meanCosine,
            @Nullable Double judgedShare,
            String metric,
            @Nullable Double threshold,
            int aboveThreshold,
            List<Module> highest) {

        /** Number of modules that are shown. */
        private static final int MOST = 5;

        static Picture of(RunReport report) {
            return new Picture(
                    (int) report.modules().stream()
                            .filter(row -> row.cosine() != null)
                            .count(),
                    report.summary().againstAlignment(),
                    report.summary().meanCosine(),
                    report.summary().judgedShare(),
                    report.metric(),
                    report.parameters().value(),
                    report.summary().pruned(),
                    report.modules().stream()
                            .filter(row -> row.score() != null)
                            .sorted(Comparator.comparing(
                                    ModuleRow::score, Comparator.nullsLast(Comparator.reverseOrder())))
                            .limit(MOST)
                            .map(row -> new Module(row.name(), row.score(), row.cosine()))
                            .toList());
        }

        /** Whether a module stands out, or moves against alignment. */
        boolean isRemarkable() {
            return aboveThreshold > 0 || (againstAlignment != null && againstAlignment > 0);
        }
    }

    /**
     * A module.
     *
     * @param score its score
     * @param cosine cosine between its delta and the alignment delta; null if it cannot be compared
     */
    public record Module(String name, @Nullable Double score, @Nullable Double cosine) {}

    /** Returns the JSON document, with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }
}
