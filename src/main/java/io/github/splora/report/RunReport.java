package io.github.splora.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.error.BadInputException;
import io.github.splora.json.StrictJson;
import io.github.splora.output.OutputFolder;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ActionParameter;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The results and decisions of a run: the document that {@code --format json} prints and that a prune writes beside the
 * adapter as {@value OutputFolder#REPORT_FILE}. Its field names are a contract; a change that breaks readers raises
 * {@link #SCHEMA_VERSION}.
 *
 * @param schemaVersion {@value #SCHEMA_VERSION}
 * @param tool the program that wrote the report
 * @param command the program's arguments; empty if it was called from Java, or if an older version wrote the report
 * @param metric {@code e-diem}, {@code cosine}, {@code frobenius} or {@code overlap}
 * @param parameters how scores and decisions were made
 * @param inputs the checkpoints and the adapter
 * @param engine the implementation that computed the figures
 * @param modules one row for each module of the adapter, in natural order
 * @param effects what changes the model besides the modules; empty if nothing does
 * @param addedModules names of layers that the adapter left alone and that became modules of it (--restore-modules linear); usually
 *     empty
 * @param summary figures over all rows
 * @param warnings facts that readers of the scores must know; usually empty
 * @param verdict what the gates decided; null if the run had none
 * @param provenance where the report comes from, and what came of the run; null in reports of older versions
 * @param timing how long the run took
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
        List<EffectRow> effects,
        List<String> addedModules,
        Summary summary,
        List<String> warnings,
        @Nullable Verdict verdict,
        @Nullable Provenance provenance,
        Timing timing) {

    public static final int SCHEMA_VERSION = 1;

    public RunReport {
        command = command == null ? List.of() : List.copyOf(command);
        effects = effects == null ? List.of() : effects;
        addedModules = addedModules == null ? List.of() : List.copyOf(addedModules);
    }

    /** Returns the report with what its gates decided. */
    public RunReport with(Verdict decided) {
        return with(decided, provenance);
    }

    /** Returns the report with where it comes from. */
    public RunReport with(Provenance known) {
        return with(verdict, known);
    }

    private RunReport with(@Nullable Verdict decided, @Nullable Provenance known) {
        return new RunReport(
                schemaVersion,
                tool,
                command,
                metric,
                parameters,
                inputs,
                engine,
                modules,
                effects,
                addedModules,
                summary,
                warnings,
                decided,
                known,
                timing);
    }

    /** Whether the run has written what the report describes, rather than only said what a run would do. */
    public boolean wasDone() {
        return parameters.action() != null && (provenance == null || provenance.output() != null);
    }

    /** The program that wrote the report. */
    public record Tool(String name, String version) {}

    /**
     * The options that scores and decisions were made with.
     *
     * @param reference the reference that each delta is compared with
     * @param population the population that each distance is compared with
     * @param centre estimator of the expected distance
     * @param spread estimator of the spread
     * @param energy share of ‖V‖² in the subspaces that the scores use; null for references without subspaces
     * @param seed random seed; null if the run used no random numbers
     * @param include patterns of the modules to score; empty means all
     * @param exclude patterns of the modules to leave out
     * @param granularity the unit of selection
     * @param rule {@code threshold}, {@code count}, {@code fraction}, {@code all} or {@code none}
     * @param value the rule's number; null for {@code all} and {@code none}
     * @param defaultRule whether the rule is the documented default instead of the user's
     * @param action the action on selected modules; null if the run only scored
     * @param configStyle how the config tells PEFT about dropped modules; null if the run only scored
     * @param strength strength of a correcting action, from 0 to 1, for deflation the share of ‖V‖² that the filter removes; null
     *     for other actions
     * @param actionEnergy share of ‖V‖² in the subspaces that the action uses; null for actions without subspaces
     * @param gain factor of a deflated delta; null for other actions
     * @param gainExponent exponent with which the gain was derived from the adapter; null if the user gave the gain
     * @param restore factor of the part of V that was added; null for actions that add none
     * @param restoreRank rank of that part; null for actions that add none
     * @param restoreModules which modules it was added to: {@code adapter} or {@code linear}; null for actions that add none
     * @param requestWeight how much more other requests counted than the task when modules were confined to it; null for other
     *     actions
     * @param tolerance largest relative error of a filtered delta; null for actions without a filter
     * @param client the program that the adapter was written for; null in reports of versions that supported only PEFT
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
            @Nullable Double gainExponent,
            @Nullable Double restore,
            @Nullable Integer restoreRank,
            @Nullable String restoreModules,
            @Nullable Double requestWeight,
            @Nullable Double tolerance,
            String client) {

        public Parameters {
            // Absent in documents that were written by hand.
            include = include == null ? List.of() : List.copyOf(include);
            exclude = exclude == null ? List.of() : List.copyOf(exclude);
        }

        /**
         * Returns the rule of {@code rule} and {@code value}.
         *
         * @throws IllegalStateException if there is no such rule; {@link RunReport#read} refuses such a report
         */
        public SelectionRule selection() {
            return SelectionRule.of(rule, value)
                    .orElseThrow(() -> new IllegalStateException("no rule '" + rule + "' with value " + value));
        }

        /** Returns the action on selected modules; empty if the run only scored, and for an unknown action. */
        public Optional<ActionKind> actionKind() {
            return Labels.find(ActionKind.class, action);
        }

        /** Returns the values of the parameters that the action takes. */
        public Map<ActionParameter, Double> actionParameters() {
            Map<ActionParameter, Double> values = new EnumMap<>(ActionParameter.class);
            putIfThere(values, ActionParameter.STRENGTH, strength);
            putIfThere(values, ActionParameter.ENERGY, actionEnergy);
            putIfThere(values, ActionParameter.GAIN, gain);
            putIfThere(values, ActionParameter.GAIN_EXPONENT, gainExponent);
            putIfThere(values, ActionParameter.RESTORED, restore);
            putIfThere(values, ActionParameter.REQUEST_WEIGHT, requestWeight);
            putIfThere(values, ActionParameter.RESTORE_RANK, restoreRank == null ? null : restoreRank.doubleValue());
            if (ActionParameter.LINEAR_IN_WORDS.equals(restoreModules)) {
                values.put(ActionParameter.RESTORE_MODULES, ActionParameter.LINEAR);
            }
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
     * The inputs of a run.
     *
     * @param adapter the adapter; null if a merged checkpoint was scored
     * @param adapted the merged checkpoint; null if an adapter was scored
     * @param calibration the calibration file; null if none was used
     */
    public record Inputs(
            CheckpointInput base,
            CheckpointInput aligned,
            @Nullable AdapterInput adapter,
            @Nullable CheckpointInput adapted,
            @Nullable HashedFile calibration) {

        /** The inputs of a run on an adapter. */
        public Inputs(CheckpointInput base, CheckpointInput aligned, AdapterInput adapter) {
            this(base, aligned, adapter, null, null);
        }

        /** Returns the scored adapter or merged checkpoint, as the user named it. */
        public String subject() {
            return adapter == null ? Objects.requireNonNull(adapted).path() : adapter.path();
        }

        /** Returns its name: a hub id, or the last part of a path. */
        public String name() {
            return InputName.of(subject());
        }

        boolean isWhole() {
            return base != null
                    && base.isWhole()
                    && aligned != null
                    && aligned.isWhole()
                    && (adapter == null ? adapted != null && adapted.isWhole() : adapter.isWhole());
        }
    }

    /**
     * A checkpoint.
     *
     * @param path path or hub id, as the user gave it
     * @param fingerprint SHA-256 over tensor names, dtypes, shapes and samples of the data
     * @param commit the commit on the hub, if the checkpoint is in the hub's cache; else null
     * @param headersSha256 SHA-256 over the index and the headers of all shards; null in reports of older versions
     * @param files all files that hold tensors, and the index; null unless they were hashed (--hash all)
     */
    public record CheckpointInput(
            String path,
            String fingerprint,
            @Nullable String commit,
            @Nullable String headersSha256,
            @Nullable List<HashedFile> files)
            implements Serializable {

        boolean isWhole() {
            return path != null && (files == null || HashedFile.areWhole(files));
        }
    }

    /**
     * An adapter.
     *
     * @param path path or hub id, as the user gave it
     * @param sha256 SHA-256 of its weights file
     * @param configSha256 SHA-256 of its {@code adapter_config.json}
     * @param commit the commit on the hub, if the adapter is in the hub's cache; else null
     * @param files the files that were read; null in reports of older versions
     */
    public record AdapterInput(
            String path,
            String sha256,
            String configSha256,
            @Nullable String commit,
            @Nullable List<HashedFile> files) {

        boolean isWhole() {
            return path != null && (files == null || HashedFile.areWhole(files));
        }
    }

    /** The implementation that computed the figures. */
    public record Engine(String name, String version, String device, int threads) {}

    /**
     * Figures over all modules.
     *
     * @param modules number of modules
     * @param scored number of modules with a score
     * @param pruned number of selected modules
     * @param prunedFraction {@code pruned / modules}
     * @param maxScore highest score; null if no module has a score
     * @param maxKeptScore highest score of the kept modules; null if none of them has a score
     * @param prunedDeltaShare share of ‖ΔW‖², summed over measured modules, in the selected modules; null if nothing
     *     was measured
     * @param judgedShare share of the squared norm of everything that changes the model that is in modules with a score; null if
     *     nothing changes it, or if a norm is unknown
     * @param againstAlignment number of modules whose cosine with the alignment delta is negative; null if the reference is not
     *     the alignment delta, or if no module was compared with it
     * @param meanCosine mean of these cosines
     */
    public record Summary(
            int modules,
            int scored,
            int pruned,
            double prunedFraction,
            @Nullable Double maxScore,
            @Nullable Double maxKeptScore,
            @Nullable Double prunedDeltaShare,
            @Nullable Double judgedShare,
            @Nullable Integer againstAlignment,
            @Nullable Double meanCosine) {

        boolean isFinite() {
            return Finite.all(prunedFraction, maxScore, maxKeptScore, prunedDeltaShare, judgedShare, meanCosine);
        }
    }

    /**
     * Wall-clock times.
     *
     * @param scoringSeconds time to read, measure and score; 0 if the scores came from a file
     * @param totalSeconds time from the start of the run to this report
     * @param checkpointBytes size of the compared weights, base and aligned together
     */
    public record Timing(double scoringSeconds, double totalSeconds, long checkpointBytes) {}

    /** Whether a module was corrected. */
    public boolean hasCorrected() {
        return modules.stream().anyMatch(row -> row.correctedNorm() != null);
    }

    /** Returns the JSON document, with a final line break. */
    public String toJson() {
        return StrictJson.write(this);
    }

    /**
     * Reads a report.
     *
     * @throws BadInputException if the file is not a report, has another schema version, or is incomplete
     */
    public static RunReport read(Path file) {
        return of(file, StrictJson.readNamed(file));
    }

    /** Returns the report in a file's content. */
    static RunReport of(Path file, ObjectNode json) {
        JsonNode version = json.path("schemaVersion");
        if (version.isMissingNode()) {
            throw new BadInputException(
                    file, null, null, "is not a splora report; 'splora score --format json' writes one");
        }
        if (!version.isIntegralNumber() || version.intValue() != SCHEMA_VERSION) {
            throw new BadInputException(
                    file,
                    "schemaVersion",
                    version,
                    "must be " + SCHEMA_VERSION
                            + ", the only version that this splora reads; run 'splora score --format" + " json' again");
        }
        if (json.has("reports")) {
            throw new BadInputException(
                    file,
                    "reports",
                    null,
                    "must be a single report, but these are the reports of a run on several adapters; extract one: jq"
                            + " '.reports[0]'");
        }
        RunReport report = StrictJson.fromTree(file, json, RunReport.class);
        if (!report.isWhole()) {
            throw new BadInputException(
                    file, null, null, "parts of the report are missing; run 'splora score --format json' again");
        }
        if (!report.isFinite()) {
            throw new BadInputException(
                    file,
                    null,
                    null,
                    "figures of the report are NaN or infinite; run 'splora score --format json' again");
        }
        Parameters made = report.parameters();
        if (SelectionRule.of(made.rule(), made.value()).isEmpty()) {
            throw new BadInputException(
                    file,
                    "parameters.rule",
                    made.rule(),
                    "must be threshold, count, fraction, all or none, with a matching parameters.value");
        }
        return report;
    }

    private boolean isFinite() {
        return modules.stream().allMatch(ModuleRow::isFinite)
                && effects.stream().allMatch(EffectRow::isFinite)
                && summary.isFinite()
                && (verdict == null || verdict.gates().stream().allMatch(Verdict.Gate::isFinite))
                && (provenance == null || provenance.isFinite());
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
                && effects.stream().allMatch(row -> row != null && row.isWhole())
                && (verdict == null || verdict.isWhole())
                && (provenance == null || provenance.isWhole())
                && parameters.reference() != null
                && parameters.population() != null
                && parameters.granularity() != null
                && parameters.rule() != null
                && inputs != null
                && inputs.isWhole();
    }
}
