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
        assertThat(evaluate("echo 0.5").failure()).isEqualTo("did not print a JSON object with its figures");
        assertThat(evaluate("echo no >&2").failure()).isEqualTo("did not print a JSON object with its figures: no");
        assertThat(evaluate("echo '{\"asr\": \"0.5\"}'").failure())
                .isEqualTo("printed a JSON object without any numbers");
    }

    @Test
    void theLastObjectCountsWhateverStandsAroundIt() {
        for (String printed : new String[] {
            "loading\n{\"asr\": 0.5}\n",
            "{\"asr\": 1}\nstep {1}\n{\"asr\": 0.5}\ndone {\n",
            "{\"asr\": 1}\n{\n  \"asr\": 0.5,\n  \"by\": [\n  {\"asr\": 7}\n]\n}\n",
        }) {
            assertThat(evaluate("printf '%s' '" + printed + "'").figures())
                    .as(printed)
                    .containsEntry("asr", 0.5);
        }
    }

    @Test
    void whatGoesOnInTheBackgroundIsStopped() throws Exception {
        Path alive = folder.resolve("alive");
        assertThat(evaluate("(setsid sh -c '(sleep 2; touch " + alive + ") & (sleep 2; touch " + alive
                                + ")' >/dev/null 2>&1 &) ; sleep 0.3; echo '{\"asr\": 1}'")
                        .figures())
                .containsEntry("asr", 1.0);
        Thread.sleep(2500);
        assertThat(alive).doesNotExist();
    }

    @Test
    void outputOfAnyLengthIsReadFromItsEnd() {
        Evaluation evaluation = evaluate(
                "truncate -s 2500M /dev/stderr; exec 2>>/proc/self/fd/2; echo >&2; echo 'the end' >&2; truncate -s 2500M /dev/stdout; exec >>/proc/self/fd/1; echo; echo '{\"asr\": 1}'; exit 2");
        assertThat(evaluation.failure()).isEqualTo("ended with exit code 2: the end");
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
