package io.github.splora.run;

import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A correction of an adapter that a sweep tries.
 *
 * @param options the equivalent options of {@code splora prune}
 * @param scheme how modules are scored
 * @param include patterns of the modules to score; empty means all
 * @param rule the rule that selects modules
 * @param granularity the unit of selection
 * @param surgery what is done to selected modules
 */
public record Candidate(
        String options,
        Scheme scheme,
        List<String> include,
        SelectionRule rule,
        Granularity granularity,
        Surgery surgery) {

    /** Returns the same candidate with its surgery settled. */
    Candidate with(Surgery settled) {
        return new Candidate(options, scheme, include, rule, granularity, settled);
    }

    /** Returns a candidate that does the same to the named modules, whatever their scores; restored layers must be named as well. */
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
