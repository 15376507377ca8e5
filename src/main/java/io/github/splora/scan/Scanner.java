package io.github.splora.scan;

import io.github.splora.Splora;
import io.github.splora.Version;
import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AttentionLayers;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.inspect.Verification;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import io.github.splora.run.ScoreOptions;
import io.github.splora.scan.Scan.Models;
import io.github.splora.scan.Scan.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes a first look at an adapter: reads its headers, checks that it fits its model, and scores it. */
public final class Scanner {

    private static final Set<ClientKind> PEFT = Set.of(ClientKind.PEFT);

    private final Splora splora;
    private final HubCache hub;
    private final String given;
    private final NextSteps next;
    private final String revision;

    /**
     * @param program how the user starts splora, for commands to run next
     * @param given path or hub id of the adapter
     * @param revision branch, tag or commit for hub ids without {@code @revision}
     */
    public Scanner(Splora splora, HubCache hub, String program, String given, String revision) {
        this.splora = splora;
        this.hub = hub;
        this.given = given;
        this.next = new NextSteps(program, given, revision);
        this.revision = revision;
    }

    /**
     * Looks at an adapter for which a model is missing.
     *
     * @param aligned the model that it was trained on; null if that is the missing one
     * @param reason says which model is missing, and why
     * @throws BadInputException if the adapter cannot be read
     */
    public Scan without(@Nullable String aligned, String reason) {
        try (Adapter adapter = open()) {
            Portrait portrait = Portrait.of(given, adapter);
            List<String> mismatches = aligned == null ? List.of() : problems(adapter, aligned, Optional.empty());
            List<String> problems = new ArrayList<>(mismatches);
            problems.add(reason);
            return scan(
                    portrait,
                    new Models(aligned, null),
                    mismatches.isEmpty() ? (aligned == null ? null : Boolean.TRUE) : Boolean.FALSE,
                    problems,
                    null,
                    "nothing is known about its safety: a model to compare it with is missing",
                    next.withoutModels(portrait.trainedOn(), aligned),
                    List.of());
        }
    }

    /**
     * Looks at an adapter and scores it.
     *
     * @throws BadInputException if an input cannot be read
     */
    public Scan with(ScoreOptions options) {
        Portrait portrait;
        List<String> problems;
        try (Adapter adapter = open()) {
            portrait = Portrait.of(given, adapter);
            problems = problems(adapter, options.aligned(), options.tower());
        }
        Models models = new Models(options.aligned(), options.base());
        if (!problems.isEmpty()) {
            return misfit(portrait, models, problems);
        }
        RunReport report;
        try {
            report = splora.score(options).get(0);
        } catch (BadInputException e) {
            return misfit(portrait, models, lines(e.problems()));
        }
        Picture picture = Picture.of(report);
        return scan(
                portrait,
                models,
                true,
                List.of(),
                picture,
                picture.isRemarkable()
                        ? "modules work against alignment; weights alone cannot say how unsafe that makes it: repair it,"
                                + " and evaluate it before and after"
                        : "nothing stands out, but weights alone do not show that it is safe: evaluate it",
                picture.isRemarkable() ? next.repair(options) : next.evaluation(options),
                warnings(picture, report));
    }

    private static List<String> warnings(Picture picture, RunReport report) {
        List<String> warnings = new ArrayList<>(report.warnings());
        boolean isAttentionOnly = report.modules().stream().map(ModuleRow::name).allMatch(AttentionLayers::hold);
        if (isAttentionOnly && picture.isRemarkable()) {
            warnings.add(
                    "all modules belong to attention layers: repairing such adapters cost most of the new task on tiny models"
                            + " (docs/toy-study.md), and up to a tenth of it on a real one; evaluate before and after");
        }
        return warnings;
    }

    private Adapter open() {
        Path place = hub.resolve(given, revision);
        if (!Adapter.isAt(place) && Files.isDirectory(place) && Checkpoint.isIn(place)) {
            throw new BadInputException(
                    place,
                    null,
                    null,
                    "is a whole model, not an adapter; for a merged fine-tune, run: splora score --adapted "
                            + NextSteps.quoted(given) + " --aligned MODEL --base MODEL");
        }
        return Adapter.open(place);
    }

    private List<String> problems(Adapter adapter, String aligned, Optional<String> tower) {
        List<Problem> problems = new ArrayList<>(Verification.problems(adapter, PEFT));
        try (Checkpoint checkpoint =
                Checkpoint.openModel(hub.resolve(aligned, revision)).choosing(tower)) {
            problems.addAll(Verification.problems(adapter, checkpoint, PEFT));
        }
        return lines(problems);
    }

    private static List<String> lines(List<Problem> problems) {
        return problems.stream().map(Problem::toString).toList();
    }

    private Scan misfit(Portrait portrait, Models models, List<String> problems) {
        return scan(
                portrait,
                models,
                false,
                problems,
                null,
                "nothing is known about its safety: it does not fit the models that it was compared with",
                next.inspection(),
                List.of());
    }

    private static Scan scan(
            Portrait portrait,
            Models models,
            @Nullable Boolean fits,
            List<String> problems,
            @Nullable Picture picture,
            String verdict,
            List<String> next,
            List<String> warnings) {
        return new Scan(
                Scan.SCHEMA_VERSION,
                "splora " + Version.current(),
                portrait,
                models,
                fits,
                problems,
                picture,
                verdict,
                next,
                warnings);
    }
}
