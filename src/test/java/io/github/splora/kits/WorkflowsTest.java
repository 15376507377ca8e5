package io.github.splora.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules for all GitHub workflows of this project, and for its action. */
class WorkflowsTest {

    private static final Pattern USES = Pattern.compile("^ *(?:- )?uses: (.+)$", Pattern.MULTILINE);
    private static final Pattern PINNED = Pattern.compile("([\\w./-]+)@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");

    private static final Map<Path, JsonNode> workflows = new HashMap<>();

    @BeforeAll
    static void read() throws Exception {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(".github/workflows"), "*.yml")) {
            for (Path file : files) {
                workflows.put(file, new YAMLMapper().readTree(file.toFile()));
            }
        }
        assertThat(workflows).isNotEmpty();
    }

    private static List<JsonNode> jobs() {
        List<JsonNode> jobs = new ArrayList<>();
        workflows.values().forEach(workflow -> workflow.get("jobs").forEach(jobs::add));
        return jobs;
    }

    @Test
    void everyActionIsPinnedToOneCommitWithItsVersionInAComment() throws Exception {
        List<Path> files = new ArrayList<>(workflows.keySet());
        files.add(Path.of("action.yml"));
        Map<String, String> pins = new HashMap<>();
        for (Path file : files) {
            Matcher uses = USES.matcher(Files.readString(file));
            while (uses.find()) {
                String action = uses.group(1);
                if (action.startsWith("./")) {
                    assertThat(Path.of(action)).exists();
                    continue;
                }
                Matcher pinned = PINNED.matcher(action);
                assertThat(pinned.matches()).as("%s: %s", file, action).isTrue();
                assertThat(pins.merge(pinned.group(1), action, (known, other) -> known))
                        .as("%s", file)
                        .isEqualTo(action);
            }
        }
        assertThat(pins).containsKeys("actions/checkout", "actions/setup-java");
    }

    @Test
    void noWorkflowHasPermissionsThatAJobDoesNotAskFor() {
        workflows.forEach((file, workflow) -> {
            assertThat(workflow.get("permissions")).as("%s", file).isEmpty();
            workflow.get("jobs").forEach(job -> assertThat(job.has("permissions"))
                    .as("%s: %s", file, job)
                    .isTrue());
        });
    }

    @Test
    void everyJobThatHasStepsHasATimeLimit() {
        for (JsonNode job : jobs()) {
            assertThat(job.has("timeout-minutes")).as("%s", job).isEqualTo(job.has("steps"));
        }
    }

    @Test
    void noExpressionIsPutIntoAScriptAndNoCheckoutKeepsTheToken() {
        for (JsonNode job : jobs()) {
            for (JsonNode step : job.path("steps")) {
                assertThat(step.path("run").asText()).doesNotContain("${{");
                if (step.path("uses").asText().startsWith("actions/checkout@")) {
                    assertThat(step.at("/with/persist-credentials").asText())
                            .as("%s", step)
                            .isEqualTo("false");
                }
            }
        }
    }

    @Test
    void everyTestThatWindowsSkipsExists() throws Exception {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        List<String> skipped = Files.readAllLines(Path.of(".github/windows-skipped-tests.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(skipped).isNotEmpty().allSatisfy(test -> {
            String[] names = test.split("#", -1);
            assertThat(sources.getOrDefault(names[0], "")).contains(" void " + names[1] + "(");
        });
    }
}
