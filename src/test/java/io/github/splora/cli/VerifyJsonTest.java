package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.splora.inspect.VerificationReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code verify --format json}. */
class VerifyJsonTest {

    private static final JsonSchema SCHEMA = JsonSchema.of("verify.schema.json");

    @ParameterizedTest
    @CsvSource({
        "testdata/tiny-llama/adapter, testdata/tiny-llama/aligned, 0, 24",
        "testdata/tiny-llama/adapter, testdata/tiny-gpt2/aligned, 4, 24",
        "testdata/nowhere, testdata/tiny-gpt2/aligned, 4, ",
    })
    void theDocumentHasEveryProblem(String adapter, String aligned, int code, Integer modules) {
        Run run = Run.of("verify", adapter, "--aligned", aligned, "--client", "peft,vllm", "--format", "json");
        assertThat(run.code()).isEqualTo(code);
        ObjectNode document = (ObjectNode) run.json();
        assertThat(SCHEMA.errors(document)).isEmpty();
        assertThat(document.get("ok").booleanValue()).isEqualTo(code == 0);
        assertThat(document.get("problems").isEmpty()).isEqualTo(code == 0);
        assertThat(
                        document.get("modules").isNull()
                                ? null
                                : (Integer) document.get("modules").intValue())
                .isEqualTo(modules);
        assertThat(document.get("clients"))
                .extracting(client -> client.textValue())
                .containsExactlyInAnyOrder("peft", "vllm");
        document.put("ok", 1);
        assertThat(SCHEMA.errors(document)).isNotEmpty();
    }

    /** The lines of the text are the problems of the document. */
    @Test
    void theTextSaysTheSame() {
        String[] args = {"verify", "testdata/tiny-llama/adapter", "--aligned", "testdata/tiny-gpt2/aligned"};
        Run json = Run.of(Run.join(args, "--format", "json"));
        assertThat(Run.of(args).errors().stream().filter(line -> !line.contains("warning")))
                .hasSameSizeAs(json.json().get("problems"));
    }

    @Test
    void everyFieldIsInTheSchema() {
        SCHEMA.assertDescribes(VerificationReport.class, "");
        SCHEMA.assertDescribes(VerificationReport.Fault.class, "fault");
    }
}
