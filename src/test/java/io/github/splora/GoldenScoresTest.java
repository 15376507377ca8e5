package io.github.splora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.gate.Gates;
import io.github.splora.json.StrictJson;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.Resources;
import io.github.splora.report.ModuleRow;
import io.github.splora.report.RunReport;
import io.github.splora.run.Progress;
import io.github.splora.run.ScoreOptions;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.tensor.KernelKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Scores every folder of testdata/ that contains {@code expected-scores.json}, for each reference and population. The
 * expected numbers come from {@code scripts/dense_scores.py}, which forms every matrix in float64 with NumPy.
 */
class GoldenScoresTest {

    private static final double RELATIVE = 1e-6;

    /** The absolute tolerance for cosines and scores, which are differences of larger numbers. */
    private static double absolute(KernelKind kernel) {
        return kernel == KernelKind.DJL ? 1e-9 : 2e-7;
    }

    @TestFactory
    Stream<DynamicTest> scoresAgreeWithADenseComputation() throws IOException {
        List<Path> cases;
        try (Stream<Path> folders = Files.list(Path.of("testdata"))) {
            cases = folders.filter(folder -> Files.exists(folder.resolve("expected-scores.json")))
                    .sorted()
                    .toList();
        }
        assertThat(cases).hasSizeGreaterThanOrEqualTo(4);
        return cases.stream().flatMap(folder -> Stream.of(ReferenceKind.values())
                .flatMap(reference -> Stream.of(PopulationKind.TYPE, PopulationKind.ALL)
                        .flatMap(population -> Stream.of(KernelKind.DJL, KernelKind.JAVA)
                                .map(kernel -> dynamicTest(
                                        folder.getFileName() + " " + reference + " " + population + " " + kernel,
                                        () -> check(folder, reference, population, kernel))))));
    }

    private static void check(Path folder, ReferenceKind reference, PopulationKind population, KernelKind kernel) {
        JsonNode expected = StrictJson.readObject(folder.resolve("expected-scores.json"));
        RunReport report = new Splora(new HubCache(folder), Progress.SILENT)
                .score(new ScoreOptions(
                        input(folder, expected, "base"),
                        input(folder, expected, "aligned"),
                        List.of(input(folder, expected, "adapter")),
                        Optional.empty(),
                        "main",
                        Scheme.of(MetricKind.E_DIEM, reference, population),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Granularity.MODULE,
                        ClientKind.PEFT,
                        "cpu",
                        kernel,
                        Resources.of(2),
                        Gates.NONE))
                .get(0);

        List<String> names = new ArrayList<>();
        expected.get("modules").forEach(module -> names.add(module.get("name").textValue()));
        assertThat(report.modules()).extracting(ModuleRow::name).containsExactlyInAnyOrderElementsOf(names);
        for (JsonNode module : expected.get("modules")) {
            ModuleRow row = report.modules().stream()
                    .filter(candidate ->
                            candidate.name().equals(module.get("name").textValue()))
                    .findFirst()
                    .orElseThrow();
            compare(row, module, module.path(reference.toString()), population, absolute(kernel));
        }
    }

    private static void compare(
            ModuleRow row, JsonNode module, JsonNode compared, PopulationKind population, double absolute) {
        JsonNode judged = compared.path(population.toString());
        assertFigure(row, "scaling", row.scaling(), module.path("scaling"), absolute);
        assertFigure(row, "deltaNorm", row.deltaNorm(), module.path("deltaNorm"), absolute);
        assertFigure(row, "alignmentNorm", row.alignmentNorm(), module.path("alignmentNorm"), absolute);
        assertFigure(row, "distance", row.distance(), compared.path("distance"), absolute);
        assertFigure(row, "cosine", row.cosine(), compared.path("cosine"), absolute);
        assertFigure(row, "referenceNorm", row.referenceNorm(), compared.path("referenceNorm"), absolute);
        assertFigure(row, "score", row.score(), judged.path("score"), absolute);
        assertFigure(row, "expectedDistance", row.expectedDistance(), judged.path("expectedDistance"), absolute);
        assertFigure(row, "spread", row.spread(), judged.path("spread"), absolute);
    }

    private static void assertFigure(ModuleRow row, String name, Double actual, JsonNode expected, double absolute) {
        if (expected.isNumber()) {
            double value = expected.doubleValue();
            assertThat(actual)
                    .as("%s of %s", name, row.name())
                    .isCloseTo(value, within(RELATIVE * Math.abs(value) + absolute));
        } else {
            assertThat(actual).as("%s of %s", name, row.name()).isNull();
        }
    }

    private static String input(Path folder, JsonNode expected, String name) {
        return folder.resolve(expected.get(name).textValue()).toString();
    }
}
