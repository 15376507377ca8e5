package io.github.splora.run;

import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One way to correct an adapter that a sweep tries.
 *
 * @param options those of {@code splora prune} that mean the same
 * @param scheme how modules are scored
 * @param include patterns of modules that take part; empty means all
 * @param rule which modules are selected
 * @param granularity what is selected as one
 * @param surgery what is done to them
 */
public record Candidate(
        String options,
        Scheme scheme,
        List<String> include,
        SelectionRule rule,
        Granularity granularity,
        Surgery surgery) {

    /** The same done to named modules, whatever their scores. */
    Candidate on(Set<String> modules) {
        List<String> sorted = modules.stream().sorted().toList();
        return new Candidate(
                surgery.asOptions() + " --all "
                        + sorted.stream().map(name -> "--include " + name).collect(Collectors.joining(" ")),
                scheme,
                sorted,
                new SelectionRule.All(),
                granularity,
                surgery);
    }
}
