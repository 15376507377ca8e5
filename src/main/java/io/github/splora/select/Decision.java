package io.github.splora.select;

import io.github.splora.score.ModuleScore;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The decision on a module.
 *
 * @param score the module's score
 * @param prune whether the module is selected
 * @param reason the reason for the decision, in a few words
 */
public record Decision(ModuleScore score, boolean prune, String reason) {

    /** Returns the names of the selected modules. */
    public static Set<String> selectedNames(List<Decision> decisions) {
        return decisions.stream()
                .filter(Decision::prune)
                .map(decision -> decision.score().name())
                .collect(Collectors.toSet());
    }
}
