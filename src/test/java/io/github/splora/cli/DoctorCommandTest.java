package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {

    @Test
    void saysThatScoringWorks() {
        Run run = Run.of("doctor");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("splora ")
                .contains("\n  engine  PyTorch 2.7.1")
                .contains("\nScoring works on ");
    }

    @Test
    void canAnswerInJson() {
        JsonNode json = Run.of("doctor", "--format", "json").json();

        assertThat(json.get("scoringWorks").booleanValue()).isTrue();
        assertThat(json.at("/engine/version").textValue()).startsWith("2.7.1");
        assertThat(json.at("/engine/library").textValue()).isNotEmpty();
    }

    @Test
    void fetchesNoLibraryWhereItWouldNotBeUsed() {
        Run run = Run.of("doctor", "--install-cuda");

        assertThat(run.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(run.errors())
                .first()
                .asString()
                .isEqualTo(
                        "splora: --install-cuda: this build of splora contains a library (cpu) and would use that one; build"
                                + " splora without a library: ./mvnw -Dsplora.natives=none -DskipTests clean package");
    }
}
