package io.github.splora.cli;

import io.github.splora.client.ClientKind;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import io.github.splora.surgery.ActionKind;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which scored modules are to go. */
final class SelectionOptions {

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    @Nullable
    Rule rule;

    @Option(
            names = "--granularity",
            paramLabel = "UNIT",
            description =
                    "What is selected as one: ${COMPLETION-CANDIDATES}; the score of a fusion (q, k, v; gate, up) or a"
                            + " block is the mean of its modules'. Default: what the client needs, module for most.")
    private @Nullable Granularity granularity;

    /** At most one of them. */
    static final class Rule {

        @Option(
                names = "--threshold",
                paramLabel = "X",
                description = "Prune where the score is above X. Default rule for e-diem: above 0.5.")
        @Nullable
        Double threshold;

        @Option(names = "--count", paramLabel = "N", description = "Prune exactly the N highest scores; ties by name.")
        @Nullable
        Integer count;

        @Option(
                names = "--fraction",
                paramLabel = "F",
                description = "Prune this share of the scored modules or blocks, from 0 to 1, highest first.")
        @Nullable
        Double fraction;

        @Option(
                names = "--all",
                description = "Every module, whatever its score: for actions that correct rather than remove.")
        boolean all;
    }

    /** The user's granularity, else what the client needs when {@code action} is done. */
    Granularity granularity(ActionKind action, ClientKind client) {
        return granularity != null ? granularity : client.client().demands().granularity(action);
    }

    /** What is wrong with the rule, in a sentence; nothing if it can be followed. */
    Optional<String> contradiction() {
        if (rule == null) {
            return Optional.empty();
        } else if (rule.count != null && rule.count < 0) {
            return Optional.of("--count " + rule.count + ": a whole number of at least 0 is expected");
        } else if (rule.fraction != null && !(rule.fraction >= 0 && rule.fraction <= 1)) {
            return Optional.of("--fraction " + rule.fraction + ": a number from 0 to 1 is expected");
        } else if (rule.threshold != null && !Double.isFinite(rule.threshold)) {
            return Optional.of("--threshold " + rule.threshold + ": a finite number is expected");
        }
        return Optional.empty();
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
        return Optional.of(
                rule.all ? new SelectionRule.All() : new SelectionRule.Share(Objects.requireNonNull(rule.fraction)));
    }
}
