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

/** The options that select modules. */
final class SelectionOptions {

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    @Nullable
    Rule rule;

    @Option(
            names = "--granularity",
            paramLabel = "UNIT",
            description =
                    "Unit to select: ${COMPLETION-CANDIDATES}. A fusion is a fused group: projections that serving"
                            + " engines compute as one (q, k, v; gate, up). The score of a fused group or block is"
                            + " the mean of its modules' scores. Default: what the client needs, usually module.")
    private @Nullable Granularity granularity;

    /** Returns the selection of every module. */
    static SelectionOptions all() {
        SelectionOptions options = new SelectionOptions();
        options.rule = new Rule();
        options.rule.all = true;
        return options;
    }

    /** The rules; at most one can be given. */
    static final class Rule {

        @Option(
                names = "--threshold",
                paramLabel = "X",
                description = "Select modules with a score above X. Default rule for e-diem: above 0.5.")
        @Nullable
        Double threshold;

        @Option(
                names = "--count",
                paramLabel = "N",
                description =
                        "Select exactly N modules (or fused groups, blocks): those with the highest scores. Ties are"
                                + " broken by name.")
        @Nullable
        Integer count;

        @Option(
                names = "--fraction",
                paramLabel = "F",
                converter = ShareConverter.class,
                description =
                        "Select this share of the scored modules (or fused groups, blocks), from 0 to 1, or a percentage: those with the"
                                + " highest scores.")
        @Nullable
        Double fraction;

        @Option(
                names = "--all",
                description = "Select every module, whatever its score; meant for the actions that correct modules.")
        boolean all;
    }

    /** Returns the user's granularity, or else the one that the client needs for {@code action}. */
    Granularity granularity(ActionKind action, ClientKind client) {
        return granularity != null ? granularity : client.client().demands().granularity(action);
    }

    /** Returns a sentence that says what is wrong with the rule; empty if nothing is. */
    Optional<String> contradiction() {
        if (rule == null) {
            return Optional.empty();
        } else if (rule.count != null && rule.count < 0) {
            return Optional.of("--count " + rule.count + ": must be a whole number of at least 0");
        } else if (rule.fraction != null && !(rule.fraction >= 0 && rule.fraction <= 1)) {
            return Optional.of("--fraction " + rule.fraction + ": must be a number from 0 to 1");
        } else if (rule.threshold != null && !Double.isFinite(rule.threshold)) {
            return Optional.of("--threshold " + rule.threshold + ": must be a finite number");
        }
        return Optional.empty();
    }

    /** Returns the user's rule; empty if none was given. */
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
