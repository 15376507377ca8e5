package io.github.splora.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class CommandEvaluatorTest {

    @TempDir
    Path folder;

    private Evaluation evaluate(String command) {
        return new CommandEvaluator(command, Duration.ofSeconds(20)).evaluate(folder);
    }

    @Test
    void topLevelNumbersAreFiguresAndTheRestIsTheEvaluationsOwnAffair() {
        Evaluation evaluation = evaluate(
                "echo '{\"asr\": 0.25, \"utility\": 1, \"note\": \"x\", \"by\": {\"theft\": 1}, \"none\": null, \"ok\": true}'");
        assertThat(evaluation.hasFailed()).isFalse();
        assertThat(evaluation.figures()).containsExactly(entry("asr", 0.25), entry("utility", 1.0));
        assertThat(evaluation.seconds()).isPositive();
    }

    @Test
    void theFolderStandsWhereTheCommandNamesIt() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("it's $HOME; `odd`"));
        Files.writeString(odd.resolve("here"), "{\"asr\": 0.5}");
        Evaluation evaluation = new CommandEvaluator("cat {adapter}/here", Duration.ofSeconds(20)).evaluate(odd);
        assertThat(evaluation.figures()).containsExactly(entry("asr", 0.5));
    }

    @Test
    void aFailureCarriesTheLastWordsOfStandardError() {
        assertThat(evaluate("echo first >&2; echo 'no such model' >&2; exit 3").failure())
                .isEqualTo("ended with exit code 3: no such model");
    }

    @Test
    void whatIsNoJsonObjectIsAFailure() {
        assertThat(evaluate("echo 0.5").failure())
                .isEqualTo("did not print exactly one JSON object: must be a JSON object");
        assertThat(evaluate("echo loading; echo '{\"asr\": 1}'").failure())
                .startsWith("did not print exactly one JSON object: ");
        assertThat(evaluate("true").failure()).startsWith("did not print exactly one JSON object: ");
        assertThat(evaluate("echo '{\"asr\": \"0.5\"}'").failure())
                .isEqualTo("printed a JSON object without any numbers");
    }

    @Test
    void whatTakesTooLongIsStoppedWithAllThatItStarted() throws Exception {
        Path alive = folder.resolve("alive");
        long start = System.nanoTime();
        Evaluation evaluation = new CommandEvaluator(
                        "(sleep 3; touch '" + alive + "') & sleep 30", Duration.ofSeconds(1))
                .evaluate(folder);
        assertThat(evaluation.failure()).isEqualTo("was stopped at the time limit of 1 second");
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(20);
        Thread.sleep(2500);
        assertThat(alive).doesNotExist();
    }

    @Test
    void nothingWaitsForTheKeyboard() {
        assertThat(evaluate("cat; echo '{\"asr\": 1}'").figures()).containsKey("asr");
    }
}
