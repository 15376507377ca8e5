package io.github.splora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.report.RunReport.Summary;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class GateTest {

    private static final Summary SUMMARY = new Summary(24, 20, 6, 0.25, 3.5, 0.4, 0.125);

    private static Optional<String> failure(String condition, Summary summary) {
        return new Gate.Converter().convert(condition).failure(summary);
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
    void theMessageNamesTheConditionTheFigureAndItsValue() {
        assertThat(failure(" max-score>3 ", SUMMARY)).contains("gate failed: max-score>3 (max-score = 3.5)");
    }

    @Test
    void theFigureIsGivenToSixDigits() {
        Summary summary = new Summary(24, 20, 6, 0.25, 0.20988690716664948, 0.4, 0.125);
        assertThat(failure("max-score>0.15", summary)).contains("gate failed: max-score>0.15 (max-score = 0.209887)");
    }

    @Test
    void theFigureIsGivenInFullWhereSixDigitsWouldHideWhyItIsMet() {
        Summary summary = new Summary(24, 20, 6, 0.25, 0.15000000001, 0.4, 0.125);
        assertThat(failure("max-score>0.15", summary))
                .contains("gate failed: max-score>0.15 (max-score = 0.15000000001)");
    }

    @Test
    void anUndefinedFigureNeverFailsTheGate() {
        Summary unscored = new Summary(1, 0, 0, 0, null, null, null);
        assertThat(failure("max-score>-1000", unscored)).isEmpty();
        assertThat(failure("max-score<1000", unscored)).isEmpty();
        assertThat(failure("max-score=0", unscored)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pruned", "pruned>", ">0", "pruned>x", "pruned!0", "pruned>0 and scored>0", "Pruned>0"})
    void whatIsNoConditionIsRefused(String text) {
        assertThatThrownBy(() -> new Gate.Converter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageStartingWith("'" + text + "' is not a condition: a figure (modules, scored, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-2", "e", ".", "1e"})
    void aLimitThatIsNoNumberIsRefused(String limit) {
        assertThatThrownBy(() -> new Gate.Converter().convert("pruned>" + limit))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'" + limit + "' is not a number");
    }

    @Test
    void aLimitBeyondEveryFigureIsRefused() {
        assertThatThrownBy(() -> new Gate.Converter().convert("max-score>1e999"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'1e999' is beyond every figure");
    }
}
