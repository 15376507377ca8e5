package io.github.splora.run;

import io.github.splora.measure.ReferenceKind;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.EffectRow;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.Provenance;
import io.github.splora.report.RunReport;
import io.github.splora.report.RunReport.Parameters;
import io.github.splora.report.RunReport.Summary;
import io.github.splora.report.RunReport.Timing;
import io.github.splora.report.RunReport.Tool;
import io.github.splora.report.Summaries;
import io.github.splora.score.Effect;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.select.Decision;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionParameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds the {@link RunReport} of a run. */
final class ReportBuilder {

    private final RunContext context;
    private final ScoreOptions options;
    private final RunReport.Inputs inputs;
    private final Scored scored;
    private List<ModuleRow> rows;
    private final List<EffectRow> effects;
    private @Nullable Surgery surgery;
    private List<String> warnings = List.of();
    private List<String> addedModules = List.of();
    private @Nullable Surgery planned;
    private Optional<PruneOptions> prune = Optional.empty();
    private @Nullable Path output;
    private Provenance.@Nullable ChoiceBySweep evaluation;
    private History history = History.NONE;

    ReportBuilder(
            RunContext context,
            ScoreOptions options,
            RunReport.Inputs inputs,
            Scored scored,
            List<Decision> decisions,
            List<Effect> effects) {
        this.context = context;
        this.options = options;
        this.inputs = inputs;
        this.scored = scored;
        this.rows = decisions.stream().map(ModuleRow::of).toList();
        this.effects = effects.stream().map(EffectRow::of).toList();
    }

    /**
     * Adds what is done.
     *
     * @param chosen the surgery as it was chosen
     * @param applied the same with the gain that came out
     */
    ReportBuilder withSurgery(Surgery chosen, Surgery applied) {
        planned = chosen;
        surgery = applied;
        return this;
    }

    ReportBuilder withPrune(PruneOptions chosen) {
        prune = Optional.of(chosen);
        return this;
    }

    /** Adds the folder that will be written, if one will be. */
    ReportBuilder withOutput(Optional<OutputFolder> folder) {
        output = folder.map(OutputFolder::given).orElse(null);
        return this;
    }

    ReportBuilder withEvaluation(Provenance.ChoiceBySweep choice) {
        evaluation = choice;
        return this;
    }

    ReportBuilder withHistory(History found) {
        history = found;
        return this;
    }

    /** Adds what a correction made of the selected modules. */
    ReportBuilder withCorrected(Map<String, Corrected> modules) {
        rows = rows.stream()
                .map(row -> {
                    Corrected corrected = modules.get(row.name());
                    return corrected == null ? row : row.corrected(corrected.rank(), corrected.norm());
                })
                .toList();
        return this;
    }

    ReportBuilder withWarnings(List<String> sentences) {
        warnings = sentences;
        return this;
    }

    ReportBuilder withAddedModules(List<String> names) {
        addedModules = names;
        return this;
    }

    RunReport build(double totalSeconds) {
        Summary summary = Summaries.of(
                rows,
                effects,
                ReferenceKind.ALIGNMENT.toString().equals(scored.basis().reference()));
        List<String> all = new ArrayList<>(warnings);
        history.warning().ifPresent(all::add);
        all.addAll(ReportWarnings.of(rows, effects, summary));
        if (scored.basis().metric() == MetricKind.E_DIEM
                && !PopulationKind.NULL.toString().equals(scored.basis().population())) {
            ReportWarnings.ofPopulation(rows).ifPresent(all::add);
        }
        return options.gates()
                .judge(new RunReport(
                        RunReport.SCHEMA_VERSION,
                        new Tool("splora", context.version()),
                        context.command(),
                        scored.basis().metric().toString(),
                        parameters(),
                        inputs,
                        scored.engine(),
                        rows,
                        effects,
                        addedModules,
                        summary,
                        all,
                        null,
                        new Provenance(
                                context.clock().now(),
                                ExpandedCommand.of(context, options, scored, inputs, planned, prune, output),
                                null,
                                evaluation,
                                history.steps()),
                        new Timing(
                                context.clock().seconds(scored.seconds()),
                                context.clock().seconds(totalSeconds),
                                scored.checkpointBytes())));
    }

    private Parameters parameters() {
        SelectionRule rule = options.ruleFor(scored.basis().metric());
        return new Parameters(
                scored.basis().reference(),
                scored.basis().population(),
                scored.basis().center(),
                scored.basis().spread(),
                scored.basis().energy(),
                scored.basis().seed(),
                scored.basis().include(),
                scored.basis().exclude(),
                options.granularity().toString(),
                rule.label(),
                rule.value(),
                options.rule().isEmpty(),
                surgery == null ? null : surgery.action().toString(),
                surgery == null || surgery.configStyle() == null
                        ? null
                        : surgery.configStyle().toString(),
                parameter(ActionParameter.STRENGTH),
                parameter(ActionParameter.ENERGY),
                parameter(ActionParameter.GAIN),
                parameter(ActionParameter.GAIN_EXPONENT),
                parameter(ActionParameter.RESTORED),
                whole(ActionParameter.RESTORE_RANK),
                inWords(ActionParameter.RESTORE_MODULES),
                parameter(ActionParameter.REQUEST_WEIGHT),
                parameter(ActionParameter.TOLERANCE),
                options.client().toString());
    }

    private @Nullable String inWords(ActionParameter parameter) {
        Double value = parameter(parameter);
        return value == null ? null : parameter.asOption(value);
    }

    private @Nullable Integer whole(ActionParameter parameter) {
        Double value = parameter(parameter);
        return value == null ? null : Integer.valueOf(value.intValue());
    }

    private @Nullable Double parameter(ActionParameter parameter) {
        return surgery == null ? null : surgery.parameters().get(parameter);
    }
}
