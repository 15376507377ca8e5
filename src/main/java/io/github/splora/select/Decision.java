package io.github.splora.select;

import io.github.splora.score.ModuleScore;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is to become of a module.
 *
 * @param score what was found out about it
 * @param prune whether it is to go
 * @param reason why, in a few words
 */
public record Decision(ModuleScore score, boolean prune, String reason) {

    /** The names of the modules that are selected. */
    public static Set<String> selectedNames(List<Decision> decisions) {
        return decisions.stream()
                .filter(Decision::prune)
                .map(decision -> decision.score().name())
                .collect(Collectors.toSet());
    }
}
