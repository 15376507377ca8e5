package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.splora.error.BadInputException;
import io.github.splora.fleet.Policy;
import io.github.splora.gate.Gate;
import io.github.splora.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/policy.schema.json accepts what {@code --policy} accepts, and refuses what it refuses. */
class PolicySchemaTest {

    private static final JsonSchema SCHEMA = JsonSchema.of("policy.schema.json");

    @TempDir
    Path folder;

    /** Values that a field may or may not have, in JSON. */
    private static List<String> values() {
        List<String> values = new ArrayList<>(List.of(
                "null",
                "true",
                "false",
                "0",
                "1.5",
                "\"\"",
                "\"true\"",
                "{}",
                "{\"max-score\": 3}",
                "[]",
                "[null]",
                "[3]",
                "[[]]",
                "[\"a\", 1]",
                "[\"a\", \"*.norm\"]",
                "\"max-score>3\""));
        for (String figure : Stream.concat(Gate.figures().stream(), Stream.of("", "asr", "MAX-SCORE", "max score"))
                .toList()) {
            for (String comparison : List.of(">", ">=", "<", "<=", "=", "==", "", "!=", "=>", " > ", "\t<  ")) {
                values.add("[\"" + (figure + comparison).replace("\t", "\\t") + "0.5\"]");
            }
        }
        for (String limit : List.of(
                "3",
                "-3",
                "+3",
                ".5",
                "5.",
                ".",
                "",
                "1e3",
                "1E-3",
                "e3",
                "1e",
                "--3",
                "0x3",
                "NaN",
                "Infinity",
                "1,5",
                "3 ",
                " 3",
                "3d",
                "3f",
                "1e3.5",
                "1_000",
                "3 4",
                "٣")) {
            values.add("[\"max-score>2\", \"max-score>" + limit + "\"]");
        }
        return values;
    }

    private boolean isRead(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("policy.json"), json);
        Path yaml = Files.writeString(folder.resolve("policy.yaml"), json);
        boolean isJson = isRead(file);
        assertThat(isRead(yaml)).as(json + " as YAML").isEqualTo(isJson);
        return isJson;
    }

    private static boolean isRead(Path file) {
        try {
            Policy.read(file);
            return true;
        } catch (BadInputException e) {
            return false;
        }
    }

    @Test
    void agreesWithTheParser() throws IOException {
        int accepted = 0;
        int refused = 0;
        for (String field :
                List.of("block", "review", "allow-unscored", "allow-foreign", "blocks", "allowForeign", "")) {
            for (String value : values()) {
                String json = "{\"" + field + "\": " + value + "}";
                JsonNode tree = StrictJson.parsedObject(json).orElseThrow();
                boolean isRead = isRead(json);
                assertThat(SCHEMA.errors(tree).isEmpty()).as(json).isEqualTo(isRead);
                accepted += isRead ? 1 : 0;
                refused += isRead ? 0 : 1;
            }
        }
        assertThat(accepted).isGreaterThan(200);
        assertThat(refused).isGreaterThan(200);
    }

    @Test
    void describesEveryFieldOfThePolicyThatALedgerStates() {
        assertThat(StrictJson.toTree(Policy.NONE.described()).fieldNames())
                .toIterable()
                .containsExactlyElementsOf(
                        () -> SCHEMA.document().get("properties").fieldNames());
    }
}
