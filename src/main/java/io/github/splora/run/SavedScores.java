package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.report.Labels;
import io.github.splora.report.RunReport;
import io.github.splora.score.MetricKind;
import io.github.splora.score.ModuleScore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads scores that {@code splora score --format json} wrote earlier for the same inputs. */
final class SavedScores {

    private SavedScores() {}

    /**
     * Reads and checks a report.
     *
     * @param inputs this run's inputs
     * @throws BadInputException naming every input that differs and every module without a row
     */
    static Scored read(Path file, Adapter adapter, RunReport.Inputs inputs) {
        RunReport report = RunReport.read(file);
        List<Problem> problems = new ArrayList<>();
        RunReport.Inputs saved = report.inputs();
        if (saved.adapter() == null) {
            throw new BadInputException(
                    file, "inputs.adapter", null, "the scores are those of a merged checkpoint; score the adapter");
        }
        RunReport.AdapterInput ofThisRun = Objects.requireNonNull(inputs.adapter());
        requireSame(file, "base", saved.base().fingerprint(), inputs.base().fingerprint(), problems);
        requireSame(
                file, "aligned", saved.aligned().fingerprint(), inputs.aligned().fingerprint(), problems);
        requireSame(file, "adapter", saved.adapter().sha256(), ofThisRun.sha256(), problems);
        requireSame(file, "adapter", saved.adapter().configSha256(), ofThisRun.configSha256(), problems);
        Map<String, ModuleScore> rows = new HashMap<>();
        report.modules().forEach(row -> row.toScore().ifPresent(score -> {
            if (rows.put(score.name(), score) != null) {
                problems.add(
                        new Problem(file.toString(), "modules", null, "more than one row for '" + score.name() + "'"));
            }
        }));
        adapter.modules().stream()
                .filter(module -> !rows.containsKey(module.name()))
                .forEach(module -> problems.add(
                        new Problem(file.toString(), "modules", null, "no usable row for '" + module.name() + "'")));
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
        RunReport.Parameters made = report.parameters();
        if (ReferenceKind.SUBSPACE.toString().equals(made.reference()) && made.energy() == null) {
            throw new BadInputException(
                    file, "parameters.energy", null, "is missing, but the reference is subspace; score again");
        }
        return new Scored(
                adapter.modules().stream()
                        .map(module -> rows.get(module.name()))
                        .toList(),
                new Scored.Basis(
                        metric(file, report),
                        made.reference(),
                        made.population(),
                        made.centre(),
                        made.spread(),
                        made.energy(),
                        made.seed(),
                        made.include(),
                        made.exclude()),
                report.engine(),
                0,
                report.timing().checkpointBytes());
    }

    private static MetricKind metric(Path file, RunReport report) {
        return Labels.find(MetricKind.class, report.metric())
                .orElseThrow(() -> new BadInputException(
                        file, "metric", report.metric(), "must be one of " + Arrays.toString(MetricKind.values())));
    }

    private static void requireSame(Path file, String input, String saved, String now, List<Problem> problems) {
        if (!now.equals(saved)) {
            problems.add(new Problem(
                    file.toString(),
                    "inputs." + input,
                    String.valueOf(saved),
                    "the scores were computed with a different " + input + " from this one (" + now
                            + "); score again"));
        }
    }
}
