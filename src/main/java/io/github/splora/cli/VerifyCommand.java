package io.github.splora.cli;

import io.github.splora.Version;
import io.github.splora.adapter.Adapter;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.client.ClientKind;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.error.Problem;
import io.github.splora.inspect.ProvenanceCheck;
import io.github.splora.inspect.RecordedModels;
import io.github.splora.inspect.TrainedOn;
import io.github.splora.inspect.Verification;
import io.github.splora.inspect.VerificationReport;
import io.github.splora.pairing.ChosenTower;
import io.github.splora.report.ProvenanceStatement;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code splora verify}. */
@Command(
        name = "verify",
        description = "Checks whether PEFT or other clients can load an adapter, and reports all problems at once."
                + " Reads the adapter and the model's headers.")
final class VerifyCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @ParentCommand
    Main main;

    @Parameters(paramLabel = "ADAPTER", description = "Adapter: a folder, a weights file, or a cached hub id.")
    String location;

    @Option(
            names = "--aligned",
            paramLabel = "MODEL",
            description = "Checkpoint to load the adapter on; checks that every module fits.")
    @Nullable
    String aligned;

    @Option(
            names = "--tower",
            paramLabel = "NAME",
            description =
                    "Where a module's name fits weights in several towers of the model, take those below NAME: a part of"
                            + " the tensors' names before the block, such as language_model.")
    @Nullable
    String tower;

    @Option(
            names = "--served-model",
            paramLabel = "NAME",
            description = "Name of the served model; checks that base_model_name_or_path equals it, as vLLM's resolvers"
                    + " require.")
    @Nullable
    String servedModel;

    @Option(
            names = "--client",
            paramLabel = "CLIENT",
            defaultValue = "peft",
            split = ",",
            description = "Program that will load the adapter: ${COMPLETION-CANDIDATES}. Repeatable, or"
                    + " comma-separated. Default: ${DEFAULT-VALUE}.")
    Set<ClientKind> clients;

    @Mixin
    TextFormatOption format;

    @Option(
            names = "--provenance",
            description = "Check that the folder's files are those of its " + ProvenanceStatement.FILE_NAME + ".")
    boolean checksProvenance;

    @Mixin
    CommonOptions common;

    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private @Nullable Integer modules;

    @Override
    public Integer call() {
        common.applyToLog();
        try {
            verify();
        } catch (BadInputException e) {
            problems.addAll(e.problems());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (!common.quiet) {
            warnings.forEach(warning -> spec.commandLine().getErr().println("splora: warning: " + warning));
            spec.commandLine().getErr().flush();
        }
        if (format.isJson()) {
            out.print(VerificationReport.of(
                            "splora " + Version.current(),
                            location,
                            aligned,
                            clients.stream().map(ClientKind::toString).toList(),
                            modules,
                            problems,
                            warnings)
                    .toJson());
            out.flush();
            return problems.isEmpty() ? ExitCode.DONE : ExitCode.BAD_INPUT;
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        out.println("ok: " + Plural.of(Objects.requireNonNull(modules), "LoRA module") + "; no problems found for "
                + titles());
        out.flush();
        return ExitCode.DONE;
    }

    private void verify() {
        if (checksProvenance) {
            problems.addAll(ProvenanceCheck.problems(main.hub().resolve(location, common.revision)));
        }
        try (Adapter adapter = Adapter.open(main.hub().resolve(location, common.revision))) {
            modules = adapter.modules().size();
            problems.addAll(Verification.problems(adapter, clients));
            problems.addAll(Verification.values(adapter));
            if (servedModel != null) {
                problems.addAll(Verification.servedModel(adapter, servedModel));
            }
            if (aligned != null) {
                try (Checkpoint checkpoint = Checkpoint.openModel(main.hub().resolve(aligned, common.revision))
                        .choosing(Optional.ofNullable(tower))) {
                    problems.addAll(ChosenTower.problems(checkpoint, checkpoint));
                    problems.addAll(Verification.problems(adapter, checkpoint, clients));
                    checkName(adapter, checkpoint);
                }
            }
        }
    }

    /** Reports a contradiction between the names as a problem if the user wants that, and else as a warning. */
    private void checkName(Adapter adapter, Checkpoint checkpoint) {
        TrainedOn found = TrainedOn.of(adapter, new RecordedModels(Optional.empty(), checkpoint, main.hub()));
        if (found.isContradiction() && Boolean.TRUE.equals(common.strict)) {
            problems.add(
                    new Problem(adapter.config().file().toString(), "base_model_name_or_path", null, found.sentence()));
        } else {
            warnings.addAll(found.warnings());
        }
    }

    private String titles() {
        return clients.stream().map(each -> each.client().title()).collect(Collectors.joining(", "));
    }
}
