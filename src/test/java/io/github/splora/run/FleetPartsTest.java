package io.github.splora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.fleet.Ledger;
import io.github.splora.fleet.Policy;
import io.github.splora.gate.Gate;
import io.github.splora.json.StrictJson;
import io.github.splora.measure.Resources;
import io.github.splora.run.FleetParts.Measured;
import io.github.splora.run.FleetParts.Need;
import io.github.splora.run.FleetParts.Piece;
import io.github.splora.run.FleetParts.Survey;
import io.github.splora.statistics.Condition;
import io.github.splora.surgery.ActionKind;
import io.github.splora.testing.TinyAdapter;
import io.github.splora.testing.TinyCheckpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet that is judged in parts, on as many machines as there are modules, gets the verdicts of one machine. */
class FleetPartsTest {

    private static final List<String> MODULES = IntStream.range(0, 4)
            .mapToObj(i -> "model.layers." + i / 2 + ".self_attn." + (i % 2 == 0 ? "q_proj" : "v_proj"))
            .toList();
    private static final RunContext CONTEXT = new RunContext(
            new HubCache(Path.of("target", "no-such-hub")),
            Progress.SILENT,
            List.of(),
            "test",
            new ReportClock(Optional.of(Instant.EPOCH)));
    private static final Policy POLICY =
            new Policy(List.of(new Gate(Condition.parse("max-score>0.8").orElseThrow())), List.of(), List.of(), false);

    @TempDir
    Path folder;

    private Path adapters;
    private ScoreOptions options;

    @BeforeEach
    void makeFleet() throws IOException {
        model(1).writeTo(folder.resolve("base"));
        model(2).writeTo(folder.resolve("aligned"));
        adapters = folder.resolve("adapters");
        for (int i = 0; i < 5; i++) {
            adapter(i).writeTo(adapters.resolve("good" + i));
        }
        options = ScoreOptions.of(
                        folder.resolve("base").toString(),
                        folder.resolve("aligned").toString(),
                        "none")
                .withAdapters(List.of())
                .withResources(Resources.of(2))
                .withDevice("cpu");
    }

    private static TinyCheckpoint model(long seed) {
        TinyCheckpoint checkpoint = new TinyCheckpoint().seed(seed);
        MODULES.forEach(module -> checkpoint.random(module + ".weight", 6, 10));
        checkpoint.seed(0);
        return checkpoint.random("model.layers.9.self_attn.q_proj.weight", 6, 10);
    }

    private static TinyAdapter adapter(long seed) {
        TinyAdapter adapter = new TinyAdapter().seed(seed);
        MODULES.forEach(module -> adapter.module(module, 6, 10));
        return adapter;
    }

    private void addBroken() throws IOException {
        adapter(7).writeTo(adapters.resolve("nan"));
        Path file = adapters.resolve("nan/adapter_model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(file, bytes);
        new TinyAdapter().module("other.q_proj", 6, 10).writeTo(adapters.resolve("unfit"));
        Files.createDirectories(adapters.resolve("noconfig"));
        Files.copy(
                adapters.resolve("good0/adapter_model.safetensors"),
                adapters.resolve("noconfig/adapter_model.safetensors"));
        // All of its layers are the same before and after alignment.
        new TinyAdapter().module("model.layers.9.self_attn.q_proj", 6, 10).writeTo(adapters.resolve("unaligned"));
    }

    private List<String> ofOneMachine() throws IOException {
        Path ledger = folder.resolve("ledger.jsonl");
        new FleetRun(CONTEXT, FleetProgress.SILENT)
                .run(new FleetOptions(
                        options,
                        adapters,
                        ledger,
                        Optional.empty(),
                        POLICY,
                        false,
                        Optional.empty(),
                        Surgery.of(ActionKind.REPAIR, null),
                        Optional.empty()));
        List<String> lines = new ArrayList<>();
        Ledger.read(ledger, entry -> lines.add(StrictJson.writeLine(entry)));
        return lines;
    }

    @Test
    void theLinesAreThoseOfOneMachine() throws Exception {
        addBroken();
        List<String> lines = new ArrayList<>();
        FleetParts.Models models;
        List<Survey> surveys = new ArrayList<>();
        try (FleetParts driver = FleetParts.open(CONTEXT, options, POLICY)) {
            models = copied(driver.described());
            for (String each : FleetList.of(adapters)) {
                surveys.add(copied(driver.survey(each)));
            }
        }
        Map<String, List<Measured>> measured = new HashMap<>();
        for (String module : MODULES) {
            // A machine of its own for every weight.
            try (FleetParts worker = FleetParts.open(CONTEXT, options, POLICY, models)) {
                worker.measure(
                        surveys.stream()
                                .filter(survey -> survey.needs().stream()
                                        .map(Need::module)
                                        .anyMatch(module::equals))
                                .map(survey -> new Piece(survey.given(), survey.state(), Set.of(module)))
                                .iterator(),
                        0,
                        result -> measured.computeIfAbsent(result.given(), given -> new ArrayList<>())
                                .add(copied(result)));
            }
        }
        try (FleetParts worker = FleetParts.open(CONTEXT, options, POLICY, models)) {
            List<Measured> unaligned = new ArrayList<>();
            Survey survey = surveys.stream()
                    .filter(each -> each.given().endsWith("unaligned"))
                    .findFirst()
                    .orElseThrow();
            worker.measure(
                    List.of(new Piece(survey.given(), survey.state(), Set.of("model.layers.9.self_attn.q_proj")))
                            .iterator(),
                    0,
                    unaligned::add);
            measured.put(survey.given(), unaligned);
            for (Survey each : surveys) {
                lines.add(StrictJson.writeLine(worker.judge(each, measured.getOrDefault(each.given(), List.of()), 0)
                        .entry()));
            }
        }
        assertThat(lines).isEqualTo(ofOneMachine());
        assertThat(lines)
                .filteredOn(line -> line.contains("\"verdict\":\"error\""))
                .hasSize(4);
        assertThat(lines)
                .filteredOn(line -> line.contains("\"verdict\":\"block\""))
                .isNotEmpty();
    }

    @Test
    void anAdapterThatChangedAfterItsSurveyIsAnError() throws IOException {
        try (FleetParts parts = FleetParts.open(CONTEXT, options, POLICY)) {
            Survey survey = parts.survey(adapters.resolve("good0").toString());
            adapter(77).config("lora_dropout", "0.1").writeTo(adapters.resolve("good0"));
            List<Measured> measured = new ArrayList<>();
            parts.measure(
                    List.of(new Piece(survey.given(), survey.state(), Set.of(MODULES.get(0))))
                            .iterator(),
                    0,
                    measured::add);
            assertThat(measured.get(0).problems())
                    .isNotEmpty()
                    .allMatch(problem -> problem.contains("was changed or replaced"));
            assertThat(parts.judge(survey, measured, 0).entry().verdict()).isEqualTo("error");
        }
    }

    @Test
    void aModelThatIsNotTheDescribedOneIsRefused() throws IOException {
        try (FleetParts parts = FleetParts.open(CONTEXT, options, POLICY)) {
            FleetParts.Models models = parts.described();
            model(3).random("more.weight", 4, 4).writeTo(folder.resolve("aligned"));
            assertThatThrownBy(() -> FleetParts.open(CONTEXT, options, POLICY, models))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("was changed or replaced during the run");
        }
    }

    /** Returns what another machine receives. */
    @SuppressWarnings("unchecked")
    private static <T> T copied(T value) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(value);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return (T) in.readObject();
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
