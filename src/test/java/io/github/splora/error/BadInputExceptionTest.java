package io.github.splora.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
