package io.github.splora.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import io.github.splora.output.OutputFolder;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run found out and decided: the document that {@code --format json} prints and that lies beside a pruned
 * adapter as {@value #FILE_NAME}. Its field names are a contract; a change that breaks a reader raises
 * {@link #SCHEMA_VERSION}.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool what wrote it
 * @param command the arguments that the program was called with; empty if it was called from Java, or is an older one
 * @param metric {@code e-diem}, {@code cosine}, {@code frobenius} or {@code overlap}
 * @param parameters how scores and decisions were made
 * @param inputs what was read
 * @param engine what did the arithmetic
 * @param modules one row for each module of the adapter, in its natural order
 * @param summary figures over all rows
 * @param warnings what a reader of the scores must know; usually empty
 * @param timing how long it took
 */
public record RunReport(
        int schemaVersion,
        Tool tool,
        List<String> command,
        String metric,
        Parameters parameters,
        Inputs inputs,
        Engine engine,
        List<ModuleRow> modules,
        Summary summary,
        List<String> warnings,
        Timing timing) {

    public static final int SCHEMA_VERSION = 1;
    public static final String FILE_NAME = OutputFolder.REPORT_FILE;

    public RunReport {
        command = command == null ? List.of() : List.copyOf(command);
    }

    /** The program. */
    public record Tool(String name, String version) {}

    /**
     * How scores and decisions were made.
     *
     * @param reference what each delta is compared with
     * @param population what each distance is judged against
     * @param centre estimator of the expected distance
     * @param spread estimator of the spread
     * @param energy share of ‖V‖² in the subspaces that scores are told from; null for other references
     * @param seed of what was drawn at random; null if nothing was
     * @param include patterns of modules that take part; empty means all
     * @param exclude patterns of modules that do not
     * @param granularity what is selected as one
     * @param rule {@code threshold}, {@code count}, {@code fraction}, {@code all} or {@code none}
     * @param value the rule's figure; null for {@code all} and {@code none}
     * @param defaultRule whether the rule is the documented default, not the user's
     * @param action what is done to selected modules; null for a score
     * @param configStyle how a drop is told to PEFT; null for a score
     * @param strength how far an action that corrects goes, from 0 to 1; null for others
     * @param actionEnergy share of ‖V‖² in the subspaces that the action looks at; null for others
     * @param gain what a deflated delta was multiplied with; null for other actions
     * @param client what the pruned adapter is for; null in a report of a splora that knew of PEFT alone
     */
    public record Parameters(
            String reference,
            String population,
            String centre,
            String spread,
            @Nullable Double energy,
            @Nullable Long seed,
            List<String> include,
            List<String> exclude,
            String granularity,
            String rule,
            @Nullable Double value,
            boolean defaultRule,
            @Nullable String action,
            @Nullable String configStyle,
            @Nullable Double strength,
            @Nullable Double actionEnergy,
            @Nullable Double gain,
            String client) {

        /**
         * Returns the rule of {@code rule} and {@code value}.
         *
         * @throws IllegalStateException if there is no such rule; {@link RunReport#read} refuses such a report
         */
        public SelectionRule selection() {
            return SelectionRule.of(rule, value)
                    .orElseThrow(() -> new IllegalStateException("no rule '" + rule + "' with value " + value));
        }

        /** Returns what is done to selected modules; empty for a score, and for an unknown action. */
        public Optional<ActionKind> actionKind() {
            return Labels.find(ActionKind.class, action);
        }

        /** Returns the values of the parameters that the action takes. */
        public Map<ActionParameter, Double> actionParameters() {
            Map<ActionParameter, Double> values = new EnumMap<>(ActionParameter.class);
            putIfThere(values, ActionParameter.STRENGTH, strength);
            putIfThere(values, ActionParameter.ENERGY, actionEnergy);
            putIfThere(values, ActionParameter.GAIN, gain);
            return values;
        }

        private static void putIfThere(
                Map<ActionParameter, Double> values, ActionParameter parameter, @Nullable Double value) {
            if (value != null) {
                values.put(parameter, value);
            }
        }
    }

    /**
     * The three things a run reads.
     *
     * @param adapter null if a merged checkpoint was judged
     * @param adapted the merged checkpoint; null if an adapter was judged
     */
    public record Inputs(
            CheckpointInput base,
            CheckpointInput aligned,
            @Nullable AdapterInput adapter,
            @Nullable CheckpointInput adapted) {

        /** Of an adapter. */
        public Inputs(CheckpointInput base, CheckpointInput aligned, AdapterInput adapter) {
            this(base, aligned, adapter, null);
        }

        /** What is judged, as the user named it. */
        public String subject() {
            return adapter == null ? Objects.requireNonNull(adapted).path() : adapter.path();
        }

        boolean isWhole() {
            return base != null
                    && base.path() != null
                    && aligned != null
                    && aligned.path() != null
                    && (adapter == null ? adapted != null && adapted.path() != null : adapter.path() != null);
        }
    }

    /**
     * A checkpoint.
     *
     * @param path what the user named
     * @param fingerprint SHA-256 over tensor names, dtypes, shapes and samples of the data
     */
    public record CheckpointInput(String path, String fingerprint) {}

    /**
     * An adapter.
     *
     * @param path what the user named
     * @param sha256 of its weights file
     * @param configSha256 of its {@code adapter_config.json}
     */
    public record AdapterInput(String path, String sha256, String configSha256) {}

    /** The tensor engine. */
    public record Engine(String name, String version, String device, int threads) {}

    /**
     * Figures over all modules.
     *
     * @param modules how many the adapter has
     * @param scored how many have a score
     * @param pruned how many are to go
     * @param prunedFraction {@code pruned / modules}
     * @param maxScore highest score; null if there is none
     * @param maxKeptScore highest score among those that stay; null if there is none
     * @param prunedDeltaShare share of ‖ΔW‖², summed over measured modules, that goes; null if nothing was measured
     */
    public record Summary(
            int modules,
            int scored,
            int pruned,
            double prunedFraction,
            @Nullable Double maxScore,
            @Nullable Double maxKeptScore,
            @Nullable Double prunedDeltaShare) {}

    /**
     * Wall time.
     *
     * @param scoringSeconds time to read, measure and score; 0 if the scores came from a file
     * @param totalSeconds from the start of the run to this report
     * @param checkpointBytes bytes of the weights that were compared, base and aligned together
     */
    public record Timing(double scoringSeconds, double totalSeconds, long checkpointBytes) {}

    /** The document, with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }

    /**
     * Reads a report back.
     *
     * @throws BadInputException if it is not one, of another schema version, or not whole
     */
    public static RunReport read(Path file) {
        ObjectNode json = StrictJson.readNamed(file);
        JsonNode version = json.path("schemaVersion");
        if (!version.isIntegralNumber() || version.intValue() != SCHEMA_VERSION) {
            throw new BadInputException(
                    file,
                    "schemaVersion",
                    json.get("schemaVersion"),
                    "a report of schema version " + SCHEMA_VERSION
                            + " is expected, as 'splora score --format json' writes it");
        }
        if (json.has("reports")) {
            throw new BadInputException(
                    file,
                    "reports",
                    null,
                    "one report is expected, and these are those of a run on several adapters; take one out: jq '.reports[0]'");
        }
        RunReport report = StrictJson.fromTree(file, json, RunReport.class);
        if (!report.isWhole()) {
            throw new BadInputException(
                    file,
                    null,
                    null,
                    "parts of the report are missing; write it anew with 'splora score --format json'");
        }
        Parameters made = report.parameters();
        if (SelectionRule.of(made.rule(), made.value()).isEmpty()) {
            throw new BadInputException(
                    file,
                    "parameters.rule",
                    made.rule(),
                    "threshold, count, fraction, all or none is expected, with parameters.value to fit");
        }
        return report;
    }

    private boolean isWhole() {
        return tool != null
                && metric != null
                && parameters != null
                && engine != null
                && summary != null
                && timing != null
                && warnings != null
                && warnings.stream().noneMatch(Objects::isNull)
                && modules != null
                && modules.stream().allMatch(row -> row != null && row.isWhole())
                && parameters.reference() != null
                && parameters.population() != null
                && parameters.granularity() != null
                && parameters.rule() != null
                && inputs != null
                && inputs.isWhole();
    }
}
