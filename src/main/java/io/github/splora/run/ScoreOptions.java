package io.github.splora.run;

import io.github.splora.client.ClientKind;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.gate.Gates;
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
import java.util.stream.Stream;

/**
 * The options of a scoring run.
 *
 * @param base path or hub id of the checkpoint before alignment
 * @param aligned path or hub id of the aligned checkpoint
 * @param adapters paths or hub ids of PEFT adapters, at least one; a folder may contain several
 * @param adapted path or hub id of a merged fine-tune, instead of adapters
 * @param revision revision for hub ids without one
 * @param scheme how scores are computed
 * @param include patterns of the modules to score; empty means all
 * @param exclude patterns of the modules to leave out
 * @param tower part of the tensor names that decides where a module fits several towers of a model; empty means that
 *     such a module is refused
 * @param rule the rule that selects modules; empty means the metric's default rule
 * @param granularity the unit of selection
 * @param client the program that will load the pruned adapter
 * @param device {@code auto}, {@code cpu}, {@code gpu}, {@code gpu:N}
 * @param kernel the implementation; not Java on a GPU
 * @param resources limits for threads and memory
 * @param gates conditions that fail the run
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
        Optional<String> tower,
        Optional<SelectionRule> rule,
        Granularity granularity,
        ClientKind client,
        String device,
        KernelKind kernel,
        Resources resources,
        Gates gates) {

    /** Returns these options with a candidate's scheme, patterns, rule and granularity. */
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
                tower,
                Optional.of(candidate.rule()),
                candidate.granularity(),
                client,
                device,
                kernel,
                resources,
                gates);
    }

    /** Returns these options for repairing all modules of one adapter. */
    ScoreOptions repairing(String adapter) {
        return new ScoreOptions(
                base,
                aligned,
                List.of(adapter),
                adapted,
                revision,
                scheme,
                include,
                exclude,
                tower,
                Optional.of(new SelectionRule.All()),
                granularity,
                client,
                device,
                kernel,
                resources,
                Gates.NONE);
    }

    /** Returns these options with further patterns of modules to leave out. */
    ScoreOptions excluding(List<String> patterns) {
        return new ScoreOptions(
                base,
                aligned,
                adapters,
                adapted,
                revision,
                scheme,
                include,
                Stream.concat(exclude.stream(), patterns.stream()).toList(),
                tower,
                rule,
                granularity,
                client,
                device,
                kernel,
                resources,
                gates);
    }

    /** Decides which modules are selected, by the rule for these scores. */
    List<Decision> decide(Scored scored) {
        return new Selection(ruleFor(scored.basis().metric()), granularity).decide(scored.scores());
    }

    /** @throws BadInputException if the scores' metric has no default rule and none was given */
    void requireRule(Scored scored) {
        if (ruleFor(scored.basis().metric()) instanceof SelectionRule.None) {
            throw new BadInputException(List.of(new Problem(
                    "--scores",
                    "metric",
                    scored.basis().metric().toString(),
                    "has no default rule; give --threshold, --count, --fraction or --all")));
        }
    }

    /** Returns the rule for scores of a metric: the user's, else the metric's default, else none. */
    public SelectionRule ruleFor(MetricKind scored) {
        return rule.orElseGet(() -> scored.defaultThreshold().isPresent()
                ? new SelectionRule.Above(scored.defaultThreshold().getAsDouble())
                : new SelectionRule.None());
    }
}
