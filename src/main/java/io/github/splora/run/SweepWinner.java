package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.client.AdapterContent;
import io.github.splora.effects.AdapterEffects;
import io.github.splora.output.OutputFolder;
import io.github.splora.report.Provenance.ChoiceBySweep;
import io.github.splora.report.Provenance.HeldBack;
import io.github.splora.report.RunReport;
import io.github.splora.run.SweepCandidates.Made;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.surgery.Rewrite;
import io.github.splora.sweep.Confirmation;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.Trial;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes a sweep's best candidate. */
final class SweepWinner {

    private final RunContext context;
    private final SweepOptions options;
    private final RunInputs inputs;
    private final SweepCandidates candidates;

    SweepWinner(RunContext context, SweepOptions options, RunInputs inputs, SweepCandidates candidates) {
        this.context = context;
        this.options = options;
        this.inputs = inputs;
        this.candidates = candidates;
    }

    /** Writes the winner with its report, as a prune would; if the winner is the unchanged adapter, writes a copy. */
    void publish(OutputFolder output, Made winner, SweepReport sweep, Stopwatch total) throws IOException {
        Adapter adapter = inputs.adapters().get(0).adapter();
        Rewrite rewrite = Objects.requireNonNull(winner.rewrite());
        OutputFolder.Contents weights = folder -> AdapterWriter.write(adapter, rewrite, folder);
        if (winner.candidate() == null || winner.scored() == null) {
            output.publish(folder -> {
                weights.writeTo(folder);
                inputs.requireUnchanged();
            });
            return;
        }
        RunReport.Inputs described = inputs.describe(context.hashesAll()).get(0);
        RunReport report = new ReportBuilder(
                        context,
                        options.inputs().of(winner.candidate()),
                        described,
                        winner.scored(),
                        winner.decisions(),
                        new AdapterEffects(inputs.base(), inputs.aligned()).of(adapter))
                .withSurgery(winner.candidate().surgery(), candidates.surgery(winner.candidate(), winner.selected()))
                .withOutput(Optional.of(output))
                .withEvaluation(choice(sweep))
                .withHistory(History.of(
                        adapter.location(),
                        Objects.requireNonNull(described.adapter()).sha256()))
                .withCorrected(Corrected.of(adapter, rewrite, candidates.norms(winner.candidate(), winner.selected())))
                .withAddedModules(winner.widening().layers().stream()
                        .map(LoraModule::name)
                        .toList())
                .withWarnings(Stream.of(
                                inputs.trainedOn(0).warnings(),
                                Warnings.of(
                                        adapter,
                                        rewrite,
                                        AdapterContent.of(winner.widening().widened(), rewrite),
                                        options.inputs().client()),
                                winner.warnings())
                        .flatMap(List::stream)
                        .toList())
                .build(total.seconds());
        Publication.publish(output, report, inputs.files(), context.statesProvenance(), weights);
    }

    private static ChoiceBySweep choice(SweepReport sweep) {
        Trial winner = sweep.trials().get(Objects.requireNonNull(sweep.winner()));
        Confirmation confirmation = sweep.confirmation();
        return new ChoiceBySweep(
                Objects.requireNonNull(sweep.evaluate()),
                winner.number(),
                sweep.trials().size(),
                sweep.minimize(),
                sweep.maximize(),
                sweep.requirements(),
                sweep.maxUtilityLoss(),
                winner.figures(),
                sweep.trials().get(0).figures(),
                confirmation == null
                        ? null
                        : new HeldBack(confirmation.command(), confirmation.figures(), confirmation.unchanged()));
    }
}
