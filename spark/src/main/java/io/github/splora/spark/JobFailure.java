package io.github.splora.spark;

import java.util.List;

/** What a user can fix, and what stops the whole job: it reaches the driver from any machine. */
final class JobFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String[] problems;

    JobFailure(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = problems.toArray(String[]::new);
    }

    List<String> problems() {
        return List.of(problems);
    }
}
