package io.github.splora.run;

import io.github.splora.client.ClientKind;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.measure.Resources;
import io.github.splora.score.MetricKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Decision;
import io.github.splora.select.Granularity;
import io.github.splora.select.Selection;
import io.github.splora.select.SelectionRule;
import io.github.splora.tensor.KernelKind;
import java.util.List;
import java.util.Optional;

/**
 * What a user asks of a scoring run.
 *
 * @param base path or hub id of the checkpoint before alignment
 * @param aligned path or hub id of the aligned checkpoint
 * @param adapters paths or hub ids of PEFT adapters, at least one; a folder may hold several
 * @param adapted path or hub id of a merged fine-tune, in place of adapters
 * @param revision for hub ids that name none
 * @param scheme how scores are made
 * @param include patterns of modules that take part; empty means all
 * @param exclude patterns of modules that do not
 * @param rule which modules are to go; empty means the metric's default rule
 * @param granularity what is selected as one
 * @param client what the pruned adapter is for
 * @param device {@code auto}, {@code cpu}, {@code gpu}, {@code gpu:N}
 * @param kernel what computes; not Java on a GPU
 * @param resources what it may take of the machine
 */
public record ScoreOptions(
        String base,
        String aligned,
        List<String> adapters,
        Optional<String> adapted,
        String revision,
        Scheme scheme,
        List<String> include,
        List<String> exclude,
        Optional<SelectionRule> rule,
        Granularity granularity,
        ClientKind client,
        String device,
        KernelKind kernel,
        Resources resources) {

    /** These, with how one candidate is scored and selected. */
    ScoreOptions of(Candidate candidate) {
        return new ScoreOptions(
                base,
                aligned,
                adapters,
                adapted,
                revision,
                candidate.scheme(),
                candidate.include(),
                exclude,
                Optional.of(candidate.rule()),
                candidate.granularity(),
                client,
                device,
                kernel,
                resources);
    }

    /** Decides, by the rule that holds for these scores, which modules are selected. */
    List<Decision> decide(Scored scored) {
        return new Selection(ruleFor(scored.basis().metric()), granularity).decide(scored.scores());
    }

    /** @throws BadInputException if the scores come from a file whose metric has no default rule, and no rule is given */
    void requireRule(Scored scored) {
        if (ruleFor(scored.basis().metric()) instanceof SelectionRule.None) {
            throw new BadInputException(List.of(new Problem(
                    "--scores",
                    "metric",
                    scored.basis().metric().toString(),
                    "has no default rule; give --threshold, --count or --fraction")));
        }
    }

    /** The rule that holds for scores of a metric: the user's, else the metric's default, else none. */
    public SelectionRule ruleFor(MetricKind scored) {
        return rule.orElseGet(() -> scored.defaultThreshold().isPresent()
                ? new SelectionRule.Above(scored.defaultThreshold().getAsDouble())
                : new SelectionRule.None());
    }
}
