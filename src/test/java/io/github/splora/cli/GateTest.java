package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.report.Reports;
import io.github.splora.report.RunReport.Summary;
import io.github.splora.report.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class GateTest {

    private static final Summary SUMMARY = of(3.5);

    private static Summary of(Double maxScore) {
        return new Summary(24, 20, 6, 0.25, maxScore, 0.4, 0.125, 1.0, null, null);
    }

    private static Verdict.Gate judged(String condition, Summary summary) {
        return new GateConverter().convert(condition).judge(Reports.with(Reports.of(Reports.PRUNED), summary));
    }

    private static Optional<String> failure(String condition, Summary summary) {
        Verdict.Gate gate = judged(condition, summary);
        return gate.passed() ? Optional.empty() : Optional.of(gate.message());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pruned>0",
                "pruned>=6",
                "pruned<7",
                "pruned<=6",
                "pruned=6",
                "pruned==6",
                " modules  >  23.5 ",
                "scored<24",
                "pruned-fraction>=0.25",
                "max-score>3",
                "max-kept-score<5e-1",
                "pruned-delta-share>-1",
                "pruned>+5"
            })
    void aConditionThatHoldsFailsTheGate(String condition) {
        assertThat(failure(condition, SUMMARY)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pruned>6",
                "pruned>=6.1",
                "pruned<6",
                "pruned<=5",
                "pruned=5",
                "pruned==7",
                "modules>24",
                "scored<20",
                "pruned-fraction>0.25",
                "max-score>3.5",
                "max-kept-score>0.4",
                "pruned-delta-share>0.2"
            })
    void aConditionThatDoesNotHoldPasses(String condition) {
        assertThat(failure(condition, SUMMARY)).isEmpty();
    }

    @Test
    void theMessageNamesTheFigureItsValueTheLimitAndTheModules() {
        assertThat(failure(" max-score>1 ", SUMMARY))
                .contains("gate failed: max-score 3.5 > 1 (" + Reports.PRUNED.name() + ")");
        assertThat(judged("pruned>0", SUMMARY).modules()).containsExactly(Reports.PRUNED.name());
    }

    @Test
    void aPassedGateSaysSo() {
        assertThat(judged("max-score>4", SUMMARY).message()).isEqualTo("gate passed: max-score 3.5, not > 4");
    }

    @Test
    void theFigureIsGivenToSixDigits() {
        assertThat(failure("max-score>0.15", of(0.20988690716664948)).orElseThrow())
                .startsWith("gate failed: max-score 0.209887 > 0.15");
    }

    @Test
    void theFigureIsGivenInFullWhereSixDigitsWouldHideWhyItIsMet() {
        assertThat(failure("max-score>0.15", of(0.15000000001)).orElseThrow())
                .startsWith("gate failed: max-score 0.15000000001 > 0.15");
    }

    @Test
    void anUndefinedFigureNeverFailsTheGate() {
        Summary unscored = new Summary(1, 0, 0, 0, null, null, null, null, null, null);
        assertThat(failure("max-score>-1000", unscored)).isEmpty();
        assertThat(failure("max-score<1000", unscored)).isEmpty();
        assertThat(failure("max-score=0", unscored)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aFigureThatIsNotFiniteFailsEveryGate(double figure) {
        assertThat(failure("max-score>3", of(figure)))
                .contains("gate failed: max-score is not a finite number, so max-score>3 cannot be checked");
        assertThat(judged("max-score<3", of(figure)).value()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pruned", "pruned>", ">0", "pruned>x", "pruned!0", "pruned>0 and scored>0", "Pruned>0"})
    void whatIsNoConditionIsRefused(String text) {
        assertThatThrownBy(() -> new GateConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is not a condition: a figure (modules, scored, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-2", "e", ".", "1e"})
    void aLimitThatIsNoNumberIsRefused(String limit) {
        assertThatThrownBy(() -> new GateConverter().convert("pruned>" + limit))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + limit + "' is not a number");
    }

    @Test
    void aLimitBeyondEveryFigureIsRefused() {
        assertThatThrownBy(() -> new GateConverter().convert("max-score>1e999"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'1e999' is beyond every figure");
    }
}
