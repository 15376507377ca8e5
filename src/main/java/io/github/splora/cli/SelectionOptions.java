package io.github.splora.cli;

import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which scored modules are to go. */
final class SelectionOptions {

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  Rule rule;

  @Option(names = "--granularity", paramLabel = "UNIT", defaultValue = "module",
      description = "What is selected as one: ${COMPLETION-CANDIDATES}; a block's score is the mean of its modules'."
          + " Default: ${DEFAULT-VALUE}.")
  Granularity granularity;

  /** At most one of them. */
  static final class Rule {

    @Option(names = "--threshold", paramLabel = "X",
        description = "Prune where the score is above X. Default rule for e-diem: above 0.5.")
    Double threshold;

    @Option(names = "--count", paramLabel = "N",
        description = "Prune exactly the N highest scores; ties by name.")
    Integer count;

    @Option(names = "--fraction", paramLabel = "F",
        description = "Prune this share of the scored modules or blocks, from 0 to 1, highest first.")
    Double fraction;
  }

  /** The user's rule, if there is one. */
  Optional<SelectionRule> chosen() {
    if (rule == null) {
      return Optional.empty();
    } else if (rule.threshold != null) {
      return Optional.of(new SelectionRule.Above(rule.threshold));
    } else if (rule.count != null) {
      return Optional.of(new SelectionRule.Highest(rule.count));
    }
    return Optional.of(new SelectionRule.Share(rule.fraction));
  }
}
