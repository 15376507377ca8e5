package io.github.splora;

import io.github.splora.client.Clients;
import io.github.splora.score.Metrics;
import io.github.splora.score.Resources;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import io.github.splora.tensor.Kernels;
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
    Clients client,
    String device,
    Kernels kernel,
    Resources resources) {

  /** These, with how one candidate is scored and selected. */
  ScoreOptions of(Candidate candidate) {
    return new ScoreOptions(base, aligned, adapters, adapted, revision, candidate.scheme(), candidate.include(), exclude,
        Optional.of(candidate.rule()), candidate.granularity(), client, device, kernel, resources);
  }

  /** The rule that holds for scores of a metric: the user's, else the metric's default, else none. */
  SelectionRule ruleFor(Metrics scored) {
    return rule.orElseGet(() -> scored.defaultThreshold().isPresent()
        ? new SelectionRule.Above(scored.defaultThreshold().getAsDouble())
        : new SelectionRule.None());
  }
}
