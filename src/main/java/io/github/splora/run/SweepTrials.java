package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.output.FolderTree;
import io.github.splora.output.ShutdownHook;
import io.github.splora.run.SweepCandidates.Made;
import io.github.splora.surgery.AdapterWriter;
import io.github.splora.sweep.Evaluation;
import io.github.splora.sweep.RememberingEvaluator;
import io.github.splora.sweep.SubsetSearch;
import io.github.splora.sweep.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Tries candidates one after the other. Candidates that give the same adapter are evaluated only once. */
final class SweepTrials {

    private static final int HOPELESS = 3;

    private final SweepOptions options;
    private final RunInputs inputs;
    private final SweepCandidates candidates;
    private final Adapter adapter;
    private final Path folder;
    private final SweepProgress listener;
    private final Optional<RememberingEvaluator> evaluator;

    private final List<Made> made = new ArrayList<>();
    private final List<Trial> trials = new ArrayList<>();
    private final Map<List<Object>, Trial> known = new HashMap<>();
    private final Set<String> warned = new HashSet<>();

    /** @param folder receives the candidates' adapters; they stay there only if the user wants to keep them */
    SweepTrials(
            SweepOptions options, RunInputs inputs, SweepCandidates candidates, Path folder, SweepProgress listener) {
        this.options = options;
        this.inputs = inputs;
        this.candidates = candidates;
        this.adapter = inputs.adapters().get(0).adapter();
        this.folder = folder;
        this.listener = listener;
        this.evaluator = options.evaluate().map(options::evaluator);
    }

    SweepTrials run() throws IOException {
        add(candidates.adapterAsItIs());
        for (Candidate candidate : options.candidates()) {
            add(candidates.make(candidate));
        }
        if (options.search().isPresent() && evaluator.isPresent()) {
            search(options.search().get());
        }
        return this;
    }

    List<Trial> all() {
        return trials;
    }

    Made made(int number) {
        return made.get(number);
    }

    private void search(Candidate start) throws IOException {
        Trial first = add(candidates.make(start));
        if (first.failure() != null || trials.get(0).failure() != null || first.selected() == 0) {
            return;
        }
        SubsetSearch<String> search =
                new SubsetSearch<>(candidates.ranked(start), first.selected(), options.searchEvaluations());
        try {
            search.run(set -> {
                try {
                    return options.goal().value(add(candidates.make(start, set)).figures());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Trial add(Made next) throws IOException {
        int number = made.size();
        next.warnings().stream().filter(warned::add).forEach(listener::warn);
        Trial same = next.failure() == null ? known.get(next.identity()) : null;
        Trial trial = same != null ? repeated(number, next, same) : tried(number, next);
        known.putIfAbsent(next.identity(), trial);
        made.add(next);
        trials.add(trial);
        listener.tried(
                trial,
                1 + options.candidates().size() + (options.search().isPresent() ? options.searchEvaluations() : 0));
        inputs.requireUnchanged();
        requireThatSomeSucceed();
        return trial;
    }

    /** Stops the sweep if the first evaluations all fail: then the command is more likely wrong than the adapters. */
    private void requireThatSomeSucceed() {
        List<Trial> evaluated =
                trials.stream().filter(trial -> trial.seconds() != null).toList();
        if (evaluated.size() == HOPELESS && evaluated.stream().allMatch(trial -> trial.failure() != null)) {
            throw new BadInputException(List.of(new Problem(
                    "--evaluate",
                    null,
                    "'" + options.evaluate().orElseThrow() + "'",
                    "the first " + HOPELESS + " evaluations all failed; for the unchanged adapter, the command "
                            + trials.get(0).failure())));
        }
    }

    private static Trial repeated(int number, Made next, Trial same) {
        return new Trial(
                number,
                next.options(),
                next.action(),
                next.selected().size(),
                same.figures(),
                null,
                same.number(),
                same.failure(),
                false,
                false);
    }

    private Trial tried(int number, Made next) throws IOException {
        boolean isKept = options.keep().isPresent();
        boolean isEvaluated = next.failure() == null && evaluator.isPresent();
        Evaluation evaluation = new Evaluation(Map.of(), 0, next.failure());
        if (next.failure() == null && (isEvaluated || isKept)) {
            if (ShutdownHook.isShuttingDown()) {
                throw new IOException("interrupted");
            }
            // An evaluation may have removed the folder that contains it.
            Path own = Files.createDirectories(folder.resolve(String.valueOf(number)));
            AdapterWriter.write(adapter, Objects.requireNonNull(next.rewrite()), own);
            if (isEvaluated) {
                evaluation = evaluator.orElseThrow().evaluate(own, next.options());
            }
            if (!isKept) {
                FolderTree.deleteThoroughly(own);
            }
        }
        return new Trial(
                number,
                next.options(),
                next.action(),
                next.selected().size(),
                evaluation.figures(),
                isEvaluated ? evaluation.seconds() : null,
                null,
                evaluation.failure(),
                false,
                false);
    }
}
