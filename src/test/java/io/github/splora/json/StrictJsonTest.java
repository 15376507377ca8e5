package io.github.splora.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    @TempDir
    Path folder;

    private Path file;

    /** A record for {@link StrictJson#fromTree}. */
    private record Pair(String name, int count) {}

    @BeforeEach
    void nameFile() {
        file = folder.resolve("a.json");
    }

    @Test
    void readsAnObject() {
        assertThat(read("{\"a\": [1, null]}").toString()).isEqualTo("{\"a\":[1,null]}");
    }

    @Test
    void refusesADuplicateKeyWithItsPlace() {
        assertThat(refusal("{\"r\": 8,\n \"r\": 16}"))
                .containsExactly(file + ": line 2, column 5: not valid JSON: Duplicate field 'r'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{} x",
                "{}{}",
                "{} []",
                "{",
                "{\"a\": 1,}",
                "{'a': 1}",
                "{\"a\": 01}",
                "{\"a\": .5}",
                "{\"a\": 1} // comment",
                "{\"a\": \"\t\"}",
                "nonsense"
            })
    void refusesWhatIsNotOneJsonDocument(String text) {
        assertThat(refusal(text))
                .singleElement()
                .asString()
                .startsWith(file + ": line ")
                .contains("not valid JSON: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"a\"", "null", "", "  \n"})
    void refusesAnythingButAnObject(String text) {
        assertThat(refusal(text)).containsExactly(file + ": must be a JSON object");
    }

    @Test
    void refusesAMissingFile() {
        assertThat(Refusal.of(() -> StrictJson.readObject(file))).containsExactly(file + ": no such file");
    }

    @Test
    void refusesAFolder() {
        assertThat(Refusal.of(() -> StrictJson.readObject(folder)))
                .containsExactly(folder + ": is a folder, not a JSON file");
    }

    @Test
    void refusesAFileThatIsTooBigToBeOneOfThese() throws IOException {
        try (RandomAccessFile big = new RandomAccessFile(file.toFile(), "rw")) {
            big.setLength((64L << 20) + 1);
        }
        assertThat(Refusal.of(() -> StrictJson.readObject(file)))
                .containsExactly(file + ": size 67108865 bytes: exceeds the limit for JSON files, 67108864 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"depth", "digits", "count"})
    void refusesDocumentsBeyondTheLimits(String what) {
        String value =
                switch (what) {
                    case "depth" -> "[".repeat(100_000);
                    case "digits" -> "1".repeat(1001);
                    default -> "[" + "0,".repeat(4_000_000);
                };
        assertThat(refusal("{\"a\":" + value))
                .singleElement()
                .asString()
                .startsWith(file + ": ")
                .endsWith(
                        "exceeds the limits for JSON files: 4000000 values and names, 100 levels, and 1000 digits per number");
    }

    @Test
    void refusesAPipeInAFolderInsteadOfWaitingForIt() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")));
        new ProcessBuilder("/usr/bin/mkfifo", file.toString()).start().waitFor();
        assertThat(Refusal.of(() -> StrictJson.readObject(file))).containsExactly(file + ": is not a regular file");
    }

    @Test
    void saysWhatAnUnfinishedDocumentLacks() {
        assertThat(refusal("{"))
                .singleElement()
                .asString()
                .endsWith("not valid JSON: Unexpected end-of-input: expected close marker for Object");
    }

    @Test
    void refusesANumberWhoseExponentHasTooManyDigits() throws IOException {
        Files.writeString(file, "{\"r\":2E2222222222222222}");
        assertThat(Refusal.of(() -> StrictJson.readObject(file)))
                .containsExactly(file + ": not valid JSON: the exponent of a number is too large");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Files.write(file, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
        assertThat(Refusal.of(() -> StrictJson.readObject(file)))
                .singleElement()
                .asString()
                .startsWith(file + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.10",
                "1.0",
                "123456789012345678901234567890",
                "0.1234567890123456789012345",
                "NaN",
                "Infinity",
                "-Infinity",
                "\"\\\"é\"",
                "1E+30"
            })
    void writesBackEveryDigitOfWhatItRead(String value) {
        assertThat(StrictJson.write(read("{\"a\":" + value + "}"))).isEqualTo("{\n  \"a\": " + value + "\n}\n");
    }

    @Test
    void writesTheLayoutOfPythonsJsonDumps() {
        String python =
                """
        {
          "b": {},
          "a": [],
          "list": [
            "q_proj",
            {
              "x": null
            }
          ],
          "map": {
            "r": 8,
            "s": true
          }
        }
        """;
        assertThat(StrictJson.write(read(python))).isEqualTo(python);
    }

    @Test
    void aRecordGoesThroughATreeAndBack() {
        Pair pair = new Pair("a", 3);
        ObjectNode tree = StrictJson.toTree(pair);
        assertThat(tree.toString()).isEqualTo("{\"name\":\"a\",\"count\":3}");
        assertThat(StrictJson.fromTree(file, tree, Pair.class)).isEqualTo(pair);
    }

    @Test
    void aTreeOfAnotherDocumentIsRefusedWithItsFile() {
        ObjectNode tree = read("{\"name\": \"a\", \"count\": \"many\"}");
        assertThat(Refusal.of(() -> StrictJson.fromTree(file, tree, Pair.class)))
                .singleElement()
                .asString()
                .startsWith(file + ": not the expected document: ")
                .contains("many");
    }

    private ObjectNode read(String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return StrictJson.readObject(file);
    }

    private List<String> refusal(String text) {
        return Refusal.of(() -> read(text));
    }
}
