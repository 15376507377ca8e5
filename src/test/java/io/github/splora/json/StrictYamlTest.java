package io.github.splora.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** YAML is read as the JSON that it means, or refused with the line. */
class StrictYamlTest {

    @TempDir
    Path folder;

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("some.yaml"), yaml);
    }

    @Test
    void meansJson() throws IOException {
        StrictYaml.Document document = StrictYaml.readNamed(
                file(
                        """
                        # A comment
                        text: yes
                        quoted: "true"
                        list:
                          - 1
                          - -2.5e3
                          - null
                          - {deep: [true, False]}
                        'block text': |
                          one
                          two
                        hex: 0x1F
                        """));
        assertThat(document.tree())
                .isEqualTo(StrictJson.parsedObject(
                                """
                                {"text": "yes", "quoted": "true", "list": [1, -2500.0, null, {"deep": [true, false]}],
                                 "block text": "one\\ntwo\\n", "hex": 31}
                                """)
                        .map(json -> StrictJson.parsedObject(json.toString()).orElseThrow())
                        .orElseThrow());
        assertThat(document.lines())
                .containsEntry("/list", 4)
                .containsEntry("/list/1", 6)
                .containsEntry("/list/3/deep", 8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: 1\\nb: &x [2] | line 2: anchors (&name) are not read",
                "a: *x | line 1: aliases (*name) are not read",
                "a: !!python/object:os.system [x] | line 1 tag:yaml.org,2002:python/object:os.system: tags (!name) are not read",
                "a: !x 1 | line 1 !x: tags",
                "a: 1\\na: 2 | line 2 a: is there twice; remove one",
                "{a: 1, \"a\": 2} | line 1 a: is there twice",
                "1: 2 | line 1: a key must be text",
                "[a]: 2 | line 1: a key must be text",
                "a: 1\\n---\\nb: 2 | line 2: a second document begins",
                "- a | line 1: must be a mapping",
                "text | line 1: must be a mapping",
                "`` | is empty; write a mapping",
                "# only a comment | is empty; write a mapping",
                "a: [1 | line 1: not valid YAML",
                "a: 1\\n\\tb: 2 | line 2: not valid YAML",
                "%YAML 2.0\\n---\\na: 1 | not valid YAML",
            })
    void whatJsonCannotSayIsRefused(String yaml, String message) throws IOException {
        Path file = file(yaml.replace("\\n", "\n").replace("\\t", "\t"));
        assertThat(Refusal.of(() -> StrictYaml.readNamed(file)))
                .singleElement()
                .asString()
                .contains(message);
    }

    @Test
    void bombsAreRefused() throws IOException {
        assertThat(Refusal.of(() -> StrictYaml.readNamed(file("a: " + "[".repeat(100_000)))))
                .singleElement()
                .asString()
                .contains("is nested more than 20 levels deep");
        assertThat(Refusal.of(() -> StrictYaml.readNamed(file("a: \"" + "b".repeat(1 << 20) + '"'))))
                .singleElement()
                .asString()
                .contains("exceeds the limit for YAML files");
        assertThat(Refusal.of(() -> StrictYaml.readNamed(file("a: 1\nb: " + "1".repeat(1001)))))
                .singleElement()
                .asString()
                .contains("line 2: a number has more than 1000 digits");
        assertThat(Refusal.of(() -> StrictYaml.readNamed(file("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"))))
                .singleElement()
                .asString()
                .contains("line 1: anchors");
    }

    @Test
    void onlyUtf8IsRead() throws IOException {
        Path file = folder.resolve("some.yml");
        Files.write(file, "a: ä".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Refusal.of(() -> StrictYaml.readNamed(file)))
                .singleElement()
                .asString()
                .contains("is not UTF-8");
        assertThat(Refusal.of(() -> StrictYaml.readNamed(folder.resolve("none.yaml"))))
                .singleElement()
                .asString()
                .contains("no such file");
    }
}
