package io.github.splora.cli;

import io.github.splora.Splora;
import io.github.splora.gate.Gates;
import io.github.splora.output.ReportFile;
import io.github.splora.report.html.SweepPage;
import io.github.splora.run.Candidate;
import io.github.splora.run.HashScope;
import io.github.splora.run.ScoreOptions;
import io.github.splora.run.SweepOptions;
import io.github.splora.run.SweepProgress;
import io.github.splora.sweep.SweepReport;
import io.github.splora.sweep.TrialsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code splora sweep}. */
@Command(
        name = "sweep",
        description =
                "Tries many corrections of an adapter, evaluates each with your command, and writes the best one. Reads"
                        + " the checkpoints once.")
final class SweepCommand extends CommandSupport implements Callable<Integer> {

    @Mixin
    InputOptions inputs;

    /** Not offered, only refused with a reason. */
    @Option(names = "--adapted", hidden = true)
    @Nullable
    String adapted;

    @Option(
            names = "--candidate",
            paramLabel = "OPTIONS",
            description =
                    "Candidates to try, as options of 'splora prune'. {a,b} lists alternatives: '--action repair --all"
                            + " --strength {0.6,0.7}' gives two. Repeatable. Default: removal, scaling and repair at"
                            + " several strengths.")
    List<String> lines = List.of();

    @Option(
            names = "--search",
            paramLabel = "OPTIONS",
            description =
                    "After the candidates, search for the best set of modules to prune or correct. OPTIONS are those of one candidate,"
                            + " such as '--count 6'; the search keeps its action and its number of modules.")
    @Nullable
    String search;

    @Option(
            names = "--search-evaluations",
            paramLabel = "N",
            defaultValue = "100",
            description = "Maximum number of evaluations for the search. Default: ${DEFAULT-VALUE}.")
    int searchEvaluations;

    @Mixin
    CalibrationOption calibration;

    @Mixin
    EvaluationOptions evaluation;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Output folder for the best candidate (highest --maximize figure among those that meet every"
                    + " --require), as 'splora prune' would write it. Needs --require or --max-utility-loss. Not created"
                    + " if there is no best candidate, or if it fails --confirm.")
    @Nullable
    Path folder;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Folder that receives every candidate, in a subfolder named by its number.")
    @Nullable
    Path keep;

    @Option(
            names = "--trials",
            paramLabel = "FILE.jsonl",
            description = "File that every evaluation is added to, for --resume. Default: beside --report, with the"
                    + " ending .trials.jsonl.")
    @Nullable
    Path trials;

    @Option(
            names = "--resume",
            description =
                    "Use the evaluations of an interrupted sweep: those in --trials of the same command on the same"
                            + " adapter, byte for byte.")
    boolean resume;

    @Mixin
    ForceOption force;

    @Mixin
    FormatOption format;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Also write a self-contained HTML report with a chart of the candidates. Replaces an existing"
                    + " file.")
    @Nullable
    Path page;

    @Mixin
    WorkOptions work;

    @Mixin
    ClientOption client;

    @Override
    boolean hashesAll() {
        return work.hash == HashScope.ALL;
    }

    @Override
    public Integer call() throws IOException {
        SweepOutput.contradiction(format.choice).ifPresent(sentence -> {
            throw wrong(sentence);
        });
        SweepOptions options = options();
        ReportFile file = page == null
                ? null
                : ReportFile.prepare(
                        page,
                        Stream.of(
                                        Stream.of(inputs.base(), inputs.aligned()),
                                        inputs.adapters().stream(),
                                        Stream.of(Optional.ofNullable(folder), Optional.ofNullable(keep))
                                                .flatMap(Optional::stream)
                                                .map(Path::toString))
                                .flatMap(part -> part)
                                .toList());
        SweepReport report = splora().sweep(
                        options,
                        common.quiet
                                ? SweepProgress.SILENT
                                : new SweepLines(this::tell, options.evaluate().isPresent()));
        show(report);
        if (file != null) {
            file.write(SweepPage.write(report));
            tell("wrote " + page);
        }
        if (keep != null) {
            tell("wrote " + keep);
        }
        SweepOutcome outcome = new SweepOutcome(report, folder);
        outcome.written().ifPresent(this::tell);
        outcome.refusal().ifPresent(this::insist);
        return outcome.exitCode();
    }

    /** The file for --trials; empty if none is wanted. */
    private Optional<TrialsFile> trials() {
        Path file = trials;
        if (file == null && page != null) {
            String name = page.getFileName().toString();
            file = page.resolveSibling(name.replaceFirst("\\.[^.]*$", "") + ".trials.jsonl");
        }
        if (file == null || evaluation.command().isEmpty()) {
            if (resume) {
                throw wrong("--resume needs --evaluate, and --trials or --report, which name the file to resume from");
            }
            return Optional.empty();
        }
        return Optional.of(TrialsFile.open(file, resume));
    }

    private SweepOptions options() {
        if (adapted != null) {
            throw wrong("--adapted cannot be given with sweep: candidates are adapters");
        }
        Stream.of(inputs.contradiction(), work.contradiction(), evaluation.contradiction())
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(sentence -> {
                    throw wrong(sentence);
                });
        if (Splora.adapters(inputs.adapters(), main.hub(), common.revision).size() > 1) {
            throw wrong("a sweep takes one adapter: sweep the adapters one at a time");
        }
        if (evaluation.command().isEmpty() && (folder != null || search != null)) {
            throw wrong((folder != null ? "--output" : "--search")
                    + " needs --evaluate: without figures, no candidate is best");
        }
        if (folder != null && !evaluation.hasRequirements()) {
            throw wrong(
                    "--output needs --require or --max-utility-loss: without one, the unchanged adapter, which takes"
                            + " part as candidate 0, usually is the best");
        }
        if (searchEvaluations < 1) {
            throw wrong("--search-evaluations " + searchEvaluations + ": must be at least 1");
        }
        List<Candidate> candidates = (lines.isEmpty() && search == null ? defaults() : lines.stream())
                .flatMap(line -> candidates("--candidate", line).stream())
                .toList();
        Optional<Candidate> start = searched();
        calibration
                .contradiction(Stream.concat(candidates.stream(), start.stream())
                        .map(candidate -> candidate.surgery().action()))
                .ifPresent(sentence -> {
                    throw wrong(sentence);
                });
        List<Long> seeds = Stream.concat(candidates.stream(), start.stream())
                .map(candidate -> candidate.scheme().seed())
                .distinct()
                .toList();
        if (seeds.size() != 1) {
            throw wrong("all candidates must have the same --seed (got " + seeds + ")");
        }
        findModels(inputs);
        return new SweepOptions(
                calibration.with(scoring(seeds.get(0))),
                candidates,
                start,
                searchEvaluations,
                evaluation.command(),
                evaluation.confirmation(),
                evaluation.limit(),
                evaluation.goal(),
                Optional.ofNullable(folder),
                Optional.ofNullable(keep),
                trials(),
                force.isGiven);
    }

    /** Returns the options for reading the inputs. Each candidate brings its own options for scoring. */
    private ScoreOptions scoring(long seed) {
        Candidate any = candidates("--candidate", "--fraction 0 --seed " + seed).get(0);
        return new ScoreOptions(
                inputs.base(),
                inputs.aligned(),
                inputs.adapters(),
                Optional.empty(),
                common.revision,
                any.scheme(),
                work.include,
                work.exclude,
                Optional.ofNullable(work.tower),
                Optional.of(any.rule()),
                any.granularity(),
                client.choice,
                work.device,
                work.kernel,
                work.resources(),
                Gates.NONE);
    }

    private Stream<String> defaults() {
        return calibration.file == null
                ? CandidateLine.DEFAULTS.stream()
                : Stream.concat(CandidateLine.CALIBRATED.stream(), CandidateLine.DEFAULTS.stream());
    }

    private Optional<Candidate> searched() {
        if (search == null) {
            return Optional.empty();
        }
        List<Candidate> found = candidates("--search", search);
        if (found.size() != 1) {
            throw wrong("--search '" + search + "': must be one candidate (got " + found.size() + ")");
        }
        return Optional.of(found.get(0));
    }

    private List<Candidate> candidates(String option, String line) {
        try {
            return CandidateLine.candidates(line, client.choice);
        } catch (IllegalArgumentException e) {
            throw wrong(option + " " + e.getMessage());
        }
    }

    private void show(SweepReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(SweepOutput.write(report, format.choice));
        out.flush();
    }
}
