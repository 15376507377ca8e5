package io.github.splora.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.splora.fleet.Calibration.Figure;
import io.github.splora.fleet.Calibration.Measured;
import io.github.splora.statistics.Auc;
import io.github.splora.statistics.Condition;
import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A calibration says which figure separates measured adapters, or that none does. */
class CalibrationTest {

    private static final String LINE = "{\"schemaVersion\":1,\"adapter\":\"%s\",\"verdict\":\"allow\",\"key\":\"%s\","
            + "\"figures\":{\"maxScore\":%s,\"modules\":4},\"tableBytes\":0}\n";

    @TempDir
    Path folder;

    private static List<Measured> measured(double[] unsafe, double[] safe) {
        List<Measured> all = new ArrayList<>();
        for (double value : unsafe) {
            all.add(new Measured("unsafe" + value, Map.of("figure", value), true));
        }
        for (double value : safe) {
            all.add(new Measured("safe" + value, Map.of("figure", value), false));
        }
        return all;
    }

    private static Figure only(double[] unsafe, double[] safe) {
        return Calibration.of(measured(unsafe, safe)).figures().get(0);
    }

    @Test
    void theAreaIsTheShareOfPairsInTheRightOrder() {
        // Pairs: (3 > 1), (3 > 2), (3 = 3, half), (2 > 1), (2 = 2, half), (2 < 3).
        assertThat(Auc.of(new double[] {3, 2}, new double[] {1, 2, 3}, 0.05).value())
                .isCloseTo(4.0 / 6, within(1e-12));
    }

    @Test
    void aFigureThatSeparatesGetsALimitBetweenTheKinds() {
        Figure figure = only(new double[] {5, 6, 7, 8, 9, 10}, new double[] {-1, 0, 1, 2, 3, 4});
        assertThat(figure.auc()).isEqualTo(1);
        assertThat(figure.separates()).isTrue();
        assertThat(figure.condition()).isEqualTo("figure>4.5");
        assertThat(figure.caught()).isEqualTo(1);
        assertThat(figure.falseAlarms()).isZero();
    }

    @Test
    void aLimitHasTheFewestDigitsThatSeparate() {
        assertThat(only(new double[] {1.231062}, new double[] {1.121517}).condition())
                .isEqualTo("figure>1.2");
        assertThat(only(new double[] {-0.00123456}, new double[] {-0.00123123}).condition())
                .isEqualTo("figure<-0.001233");
        double next = Math.nextUp(0.3);
        Figure closest = only(new double[] {next}, new double[] {0.3});
        assertThat(closest.condition()).isEqualTo("figure>0.3");
        assertThat(closest.caught()).isEqualTo(1);
        assertThat(closest.falseAlarms()).isZero();
    }

    @Test
    void aFigureThatIsLowerForUnsafeAdaptersGetsAnUpperLimit() {
        Figure figure = only(new double[] {-4, -3}, new double[] {-2, -1});
        assertThat(figure.auc()).isZero();
        assertThat(figure.condition()).isEqualTo("figure<-2.5");
        assertThat(figure.caught()).isEqualTo(1);
    }

    @Test
    void aFewAdaptersProveNothingEvenIfTheyDoNotOverlap() {
        for (int count = 1; count <= 3; count++) {
            double[] unsafe = IntStream.range(0, count).mapToDouble(i -> 10 + i).toArray();
            double[] safe = IntStream.range(0, count).mapToDouble(i -> i).toArray();
            Figure figure = only(unsafe, safe);
            assertThat(figure.auc()).isEqualTo(1);
            assertThat(figure.low()).isLessThan(0.51);
            assertThat(figure.high()).isEqualTo(1);
            assertThat(figure.separates()).isFalse();
        }
    }

    /** Newcombe's interval of an area of 1 between two samples of ten: solved by hand from his formula. */
    @Test
    void theIntervalOfSamplesThatDoNotOverlapDependsOnTheirSize() {
        double[] high = IntStream.range(0, 10).mapToDouble(i -> 100 + i).toArray();
        double[] low = IntStream.range(0, 10).mapToDouble(i -> i).toArray();
        double end = Auc.of(high, low, 0.05).low();
        double variance = end * (1 - end) * (1 + 9 * ((1 - end) / (2 - end) + end / (1 + end))) / 100;
        assertThat(1 - end).isCloseTo(1.959964 * Math.sqrt(variance), within(1e-3));
        assertThat(Auc.of(low, high, 0.05).high()).isCloseTo(1 - end, within(1e-9));
    }

    /** Of 70 ways to choose four of eight, two are as extreme. */
    @Test
    void theChanceIsThatOfAllWaysToDeal() {
        Auc auc = Auc.of(new double[] {5, 6, 7, 8}, new double[] {1, 2, 3, 4}, 0.05);
        assertThat(auc.chance()).isCloseTo(2.0 / 70, within(0.01));
        assertThat(Auc.of(new double[] {1, 1}, new double[] {1, 1}, 0.05).chance())
                .isEqualTo(1);
    }

    /** Of three adapters of each kind, a tenth of all random orders do not overlap. */
    @Test
    void noiseInSmallSamplesSeparatesNothing() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 100; i++) {
            assertThat(only(random.doubles(3).toArray(), random.doubles(3).toArray())
                            .separates())
                    .isFalse();
        }
    }

    @Test
    void aConstantFigureSeparatesNothing() {
        Figure figure = only(new double[] {1, 1, 1}, new double[] {1, 1, 1});
        assertThat(figure.auc()).isEqualTo(0.5);
        assertThat(figure.separates()).isFalse();
    }

    @Test
    void noiseSeparatesAboutAsOftenAsTheLevelAllows() {
        SplittableRandom random = new SplittableRandom(3);
        int found = 0;
        for (int i = 0; i < 100; i++) {
            double[] unsafe = random.doubles(20).toArray();
            double[] safe = random.doubles(20).toArray();
            found += only(unsafe, safe).separates() ? 1 : 0;
        }
        assertThat(found).isBetween(1, 14);
    }

    @Test
    void adaptersOfOneKindAreNoBasis() {
        assertThatThrownBy(() -> Calibration.of(measured(new double[] {1}, new double[0])))
                .hasMessage("1 adapters are unsafe and 0 are safe by these evaluations");
    }

    @Test
    void ledgerAndEvaluationsAreMatchedByName() throws IOException {
        Path ledger = Files.writeString(
                folder.resolve("l"),
                LINE.formatted("a", "1", "0.5") + LINE.formatted("b", "2", "0.7") + LINE.formatted("a", "3", "0.6"));
        Path evaluations = Files.writeString(folder.resolve("e"), "adapter,asr\nb,0.9\na,0.1\nunknown,0.5\n");
        assertThat(CalibrationInput.read(
                        ledger, evaluations, Condition.parse("asr>0.2").orElseThrow()))
                .containsExactly(
                        new Measured("b", Map.of("max-score", 0.7, "modules", 4.0), true),
                        new Measured("a", Map.of("max-score", 0.6, "modules", 4.0), false));
    }

    /** What it was before it became unreadable says nothing about what was evaluated. */
    @Test
    void anAdapterWhoseLatestLineIsAnErrorHasNoFigures() throws IOException {
        Path ledger = Files.writeString(
                folder.resolve("l"),
                LINE.formatted("a", "1", "0.5")
                        + LINE.formatted("b", "2", "0.7")
                        + "{\"schemaVersion\":1,\"adapter\":\"a\",\"verdict\":\"error\",\"key\":\"3\",\"figures\":null,"
                        + "\"tableBytes\":0}\n");
        Path evaluations = Files.writeString(folder.resolve("e"), "adapter,asr\n\nb,0.9\na,0.1\n\n");
        assertThat(CalibrationInput.read(
                        ledger, evaluations, Condition.parse("asr>0.2").orElseThrow()))
                .containsExactly(new Measured("b", Map.of("max-score", 0.7, "modules", 4.0), true));
    }

    @Test
    void evaluationsWithoutTheColumnOrTheNamesAreRefused() throws IOException {
        Path ledger = Files.writeString(folder.resolve("l"), LINE.formatted("a", "1", "0.5"));
        Condition unsafe = Condition.parse("asr>0.2").orElseThrow();
        Path other = Files.writeString(folder.resolve("e"), "adapter,toxicity\na,0.9\n");
        assertThat(Refusal.of(() -> CalibrationInput.read(ledger, other, unsafe)))
                .containsExactly(other + ": column 'asr': is missing; the columns are [adapter, toxicity]");
        Path words = Files.writeString(folder.resolve("w"), "adapter,asr\na,high\n");
        assertThat(Refusal.of(() -> CalibrationInput.read(ledger, words, unsafe)))
                .containsExactly(words + ": row 2, column 'asr' high: is not a number");
        for (String value : List.of("NaN", "Infinity", "")) {
            Path undefined = Files.writeString(folder.resolve("n"), "adapter,asr\na,%s\n".formatted(value));
            assertThat(Refusal.of(() -> CalibrationInput.read(ledger, undefined, unsafe)))
                    .singleElement()
                    .asString()
                    .endsWith("is not a number");
        }
        Path twice = Files.writeString(folder.resolve("t"), "adapter,asr\na,0.1\na,0.9\n");
        assertThat(Refusal.of(() -> CalibrationInput.read(ledger, twice, unsafe)))
                .containsExactly(twice
                        + ": row 3, column 'adapter' a: occurs twice; write one row per adapter, such as the mean of its"
                        + " evaluations");
        Path unclosed = Files.writeString(folder.resolve("u"), "adapter,asr\na,\"0.1\n");
        assertThat(Refusal.of(() -> CalibrationInput.read(ledger, unclosed, unsafe)))
                .containsExactly(unclosed + ": is not a CSV file with a header: Missing closing quote for value");
        Path missing = folder.resolve("missing");
        assertThat(Refusal.of(() -> CalibrationInput.read(ledger, missing, unsafe)))
                .containsExactly(missing + ": no such file");
        assertThat(Refusal.of(() -> CalibrationInput.read(missing, twice, unsafe)))
                .containsExactly(missing + ": no such file");
        Path strangers = Files.writeString(folder.resolve("s"), "adapter,asr\nz,0.9\n");
        assertThat(Refusal.of(() -> CalibrationInput.read(ledger, strangers, unsafe)))
                .singleElement()
                .asString()
                .contains("names no adapter that the ledger has figures of");
    }
}
