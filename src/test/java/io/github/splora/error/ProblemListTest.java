package io.github.splora.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProblemListTest {

    private final ProblemList problems = new ProblemList();

    private void add(int count, String file, String explanation) {
        IntStream.range(0, count)
                .forEach(i -> problems.add(new Problem(file, "module " + i, "[" + i + "]", explanation)));
    }

    private List<String> lines() {
        return problems.toList(9, "module").stream().map(Problem::toString).toList();
    }

    @Test
    void aFewProblemsAreAllReported() {
        add(3, "a", "is odd");
        assertThat(lines())
                .containsExactly("a: module 0 [0]: is odd", "a: module 1 [1]: is odd", "a: module 2 [2]: is odd");
    }

    @Test
    void manyWithOneCauseAreReportedOnceWithTheirNumber() {
        add(4, "a", "is odd");
        add(1, "a", "is even");
        add(2, "b", "is odd");
        assertThat(lines())
                .containsExactly(
                        "a: 4 of 9 modules, for example module 0 [0]: is odd",
                        "a: module 0 [0]: is even",
                        "b: module 0 [0]: is odd",
                        "b: module 1 [1]: is odd");
    }

    @Test
    void theKindMayDifferFromTheExplanation() {
        IntStream.range(0, 12).forEach(i -> problems.add("shape", new Problem("a", null, null, "needs " + i)));
        assertThat(lines()).containsExactly("a: 12 of 12 modules: needs 0");
    }
}
