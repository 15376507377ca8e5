package io.github.splora.format;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import io.github.splora.storage.TensorFile;

/**
 * Limits on the names of tensors. Names are matched by their ends, of which a name with 60,000 dots has 60,000. The names of
 * real models have at most some 150 characters in 20 parts.
 */
final class TensorNames {

    private static final int MAX_LENGTH = 1000;
    private static final int MAX_PARTS = 100;

    private TensorNames() {}

    /** @throws BadInputException if a name exceeds a limit */
    static void check(TensorFile file) {
        ProblemList problems = new ProblemList();
        for (String name : file.tensors().keySet()) {
            if (name.length() > MAX_LENGTH) {
                problems.add("length", problem(file, name, name.length(), "character", MAX_LENGTH));
            } else if (parts(name) > MAX_PARTS) {
                problems.add("parts", problem(file, name, parts(name), "dot-separated part", MAX_PARTS));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems.toList(file.tensors().size(), "tensor"));
        }
    }

    private static Problem problem(TensorFile file, String name, long count, String unit, long limit) {
        String beginning = name.length() <= 80 ? name : name.substring(0, 80) + "…";
        return new Problem(
                file.path().toString(),
                "tensor '" + beginning + "'",
                null,
                "the name has " + Plural.grouped(count, unit) + ", more than the limit of "
                        + Plural.grouped(limit, unit) + "; rename the tensor");
    }

    private static long parts(String name) {
        return 1 + name.chars().filter(c -> c == '.').count();
    }
}
