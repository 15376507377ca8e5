package io.github.splora.client;

import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A service that loads uploaded adapters with code that nobody outside can read. Beyond what its documentation says, it is
 * assumed to support no more than a plain adapter: the same modules in every layer, one rank, and one scaling.
 */
abstract class HostedClient implements Client {

    @Override
    public Demands demands() {
        return new Demands(true, false, false, true);
    }

    @Override
    public String whyEveryModule() {
        return "does not say that it loads adapters whose layers have different modules";
    }

    @Override
    public List<Problem> problems(AdapterContent content) {
        return Findings.of(List.of(
                documented(content),
                ranks(content),
                ScalingRule.ALPHA_OVER_R.problems(title(), content),
                BaseWeights.unchanged(title(), content),
                Tensors.plainNames(content, true, title() + " does not say that it loads tensors with such names"),
                Tensors.loraOnly(
                        content,
                        Tensors::isBaseWeight,
                        title() + " does not say that it loads tensors other than lora_A.weight and lora_B.weight")));
    }

    /** Returns the problems under the rules that the service documents. */
    abstract List<Problem> documented(AdapterContent content);

    private List<Problem> ranks(AdapterContent content) {
        int rank = content.config().rank();
        ProblemList problems = new ProblemList();
        content.modules().stream()
                .filter(module -> module.rank() != rank)
                .forEach(module -> problems.add(
                        "rank",
                        new Problem(
                                content.weights().toString(),
                                "module '" + module.name() + "' rank",
                                String.valueOf(module.rank()),
                                title()
                                        + " does not say that it reads rank_pattern; all modules must have the config's r, "
                                        + rank)));
        return problems.toList(content.modules().size(), "module");
    }

    /** Returns a problem for a config field; a helper for {@link #documented}. */
    static Stream<Problem> field(AdapterContent content, String field, Object value, String explanation) {
        return Stream.of(new Problem(content.config().file().toString(), field, String.valueOf(value), explanation));
    }
}
