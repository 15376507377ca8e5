package io.github.splora.effects;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationChangesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "; {'suppress_tokens': [1]}; suppress_tokens",
                "{}; {'bad_words_ids': [[1]], 'a_field_of_a_later_version': 0}; a_field_of_a_later_version bad_words_ids",
                "{'suppress_tokens': [1]}; ; suppress_tokens",
                "{'suppress_tokens': [1]}; {'suppress_tokens': [2]}; suppress_tokens",
                "{'suppress_tokens': [1]}; {'suppress_tokens': [1]}; ",
                "{'sequence_bias': null}; {'temperature': 0.5, 'eos_token_id': [1, 2]}; ",
                "; ; ",
            })
    void namesTheFieldsThatChangeWhatIsGenerated(String ofAligned, String ofMerged, String expected)
            throws IOException {
        try (Checkpoint aligned = model("aligned", ofAligned);
                Checkpoint merged = model("merged", ofMerged)) {
            assertThat(String.join(" ", GenerationChanges.between(aligned, merged)))
                    .isEqualTo(expected == null ? "" : expected);
        }
    }

    private Checkpoint model(String name, String generation) throws IOException {
        Path place = new TinyCheckpoint().random("a.weight", 2, 2).writeTo(folder.resolve(name));
        Path model = Files.isDirectory(place) ? place : folder.resolve(name);
        if (generation != null) {
            Files.writeString(model.resolve("generation_config.json"), generation.replace('\'', '"'));
        }
        return Checkpoint.open(model);
    }
}
