package io.github.splora.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BadInputExceptionTest {

    @Test
    void itsMessageIsALineForEachProblem() {
        BadInputException e =
                new BadInputException(List.of(new Problem("a", null, null, "one"), new Problem("b", "r", "0", "two")));
        assertThat(e.getMessage().lines()).containsExactly("a: one", "b: r 0: two");
        assertThat(e.problems()).hasSize(2);
    }

    @Test
    void aSingleProblemShowsTheValueAsText() {
        BadInputException e = new BadInputException(Path.of("dir", "a.json"), "r", 0, "too small");
        assertThat(e).hasMessage(Path.of("dir", "a.json") + ": r 0: too small");
        assertThat(e.problems())
                .containsExactly(new Problem(Path.of("dir", "a.json").toString(), "r", "0", "too small"));
    }

    @Test
    void anAbsentValueIsNotShown() {
        assertThat(new BadInputException(Path.of("a"), "r", null, "missing")).hasMessage("a: r: missing");
    }

    @Test
    void ofAThousandProblemsItTellsTheFirstAndTheirNumber() {
        List<Problem> problems = IntStream.range(0, 1234)
                .mapToObj(i -> new Problem("a", "r", "" + i, "too small"))
                .toList();
        BadInputException e = new BadInputException(problems);
        assertThat(e.problems()).hasSize(101).startsWith(problems.get(0), problems.get(1));
        assertThat(e.problems().get(100)).hasToString("a: and 1,134 more problems");
        assertThat(e.getMessage().lines()).hasSize(101);
    }

    @Test
    void ofALongListItShowsTheBeginningAndItsLength() {
        List<Integer> numbers = IntStream.range(0, 1234).boxed().toList();
        assertThat(new BadInputException(Path.of("a"), "names", numbers, "too many"))
                .hasMessage("a: names [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... (1,234 in all)]: too many");
        assertThat(new BadInputException(Path.of("a"), "names", numbers.subList(0, 2), "too many"))
                .hasMessage("a: names [0, 1]: too many");
    }

    @Test
    void aProblemKeepsNoTextOfTheSizeOfAFile() {
        String huge = "x".repeat(1_000_000);
        Problem problem = new Problem("a", huge, huge, huge);
        assertThat(problem.field()).isEqualTo("x".repeat(1000) + "…");
        assertThat(problem.value()).hasSize(1001);
        assertThat(problem.explanation()).hasSize(1001);
        assertThat(problem.toString()).hasSizeLessThan(3100);
    }

    @Test
    void keepsItsCause() {
        IOException cause = new IOException("disk");
        assertThat(new BadInputException(Path.of("a"), null, null, "cannot be read", cause))
                .hasCause(cause);
    }

    @Test
    void laterChangesToTheListHaveNoEffect() {
        List<Problem> problems = new ArrayList<>(List.of(new Problem("a", null, null, "one")));
        BadInputException e = new BadInputException(problems);
        problems.clear();
        assertThat(e.problems()).hasSize(1);
    }
}
