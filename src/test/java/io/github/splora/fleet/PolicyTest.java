package io.github.splora.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A policy says what it means, or is refused: a condition that is ignored would look like one that holds. */
class PolicyTest {

    @TempDir
    Path folder;

    private Path file(String json) throws IOException {
        return Files.writeString(folder.resolve("policy.json"), json.replace('\'', '"'));
    }

    @Test
    void allFieldsAreOptional() throws IOException {
        assertThat(Policy.read(file("{}"))).isEqualTo(Policy.NONE);
    }

    @Test
    void readsEveryField() throws IOException {
        Policy policy =
                Policy.read(file("{'block': ['max-score>2', 'mean-cosine<-0.1'], 'review': ['pruned-fraction>=0.2'],"
                        + " 'allow-unscored': ['embed_tokens'], 'allow-foreign': true}"));
        assertThat(policy.block()).hasSize(2);
        assertThat(policy.review()).hasSize(1);
        assertThat(policy.accepted()).containsExactly("embed_tokens");
        assertThat(policy.isForeignAllowed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'blocks': []} | blocks: is not a field of a policy",
                "{'block': 'max-score>2'} | block \"max-score>2\": must be a list of strings",
                "{'block': [2]} | block 2: must be a string",
                "{'block': ['toxicity>2']} | block toxicity>2: is not a condition: a figure (modules, scored",
                "{'review': ['max-score>NaN']} | review max-score>NaN: ",
                "{'allow-unscored': ['/(/']} | is not a valid regular expression",
                "{'allow-foreign': 'yes'} | allow-foreign \"yes\": must be true or false",
            })
    void whatItCannotMeanIsRefused(String json, String message) throws IOException {
        Path policy = file(json);
        assertThat(Refusal.of(() -> Policy.read(policy)))
                .singleElement()
                .asString()
                .contains(message);
    }

    private Path yaml(String text) throws IOException {
        return Files.writeString(folder.resolve("policy.yaml"), text);
    }

    @Test
    void yamlSaysTheSame() throws IOException {
        Path yaml = yaml(
                """
                # Chosen with calibrate on 2026-11-02
                block:
                  - max-score>2
                  - "mean-cosine<-0.1"
                review: [pruned-fraction>=0.2]
                allow-unscored: [embed_tokens]
                allow-foreign: true
                """);
        assertThat(Policy.read(yaml))
                .isEqualTo(Policy.read(file("{'block': ['max-score>2', 'mean-cosine<-0.1'], 'review':"
                        + " ['pruned-fraction>=0.2'], 'allow-unscored': ['embed_tokens'], 'allow-foreign': true}")));
        assertThat(Policy.read(yaml("{}"))).isEqualTo(Policy.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "block:%n  - max-score>2%n  - toxicity>2 | policy.yaml: line 3, block toxicity>2: is not a condition",
                "block:%n  - max-score>2%n  - 2 | line 3, block 2: must be a string",
                "%nblocks: [] | line 2, blocks: is not a field of a policy",
                "review: max-score>2 | line 1, review \"max-score>2\": must be a list of strings",
                "allow-unscored:%n- a%n- /(/ | line 3, allow-unscored /(/: is not a valid regular expression",
                "allow-foreign: yes | line 1, allow-foreign \"yes\": must be true or false",
                "block: [max-score>1e999] | line 1, block max-score>1e999: '1e999' is beyond every figure",
            })
    void yamlIsRefusedWithItsLine(String text, String message) throws IOException {
        Path policy = yaml(String.format(text));
        assertThat(Refusal.of(() -> Policy.read(policy)))
                .singleElement()
                .asString()
                .contains(message);
    }
}
