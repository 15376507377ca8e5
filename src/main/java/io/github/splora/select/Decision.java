package io.github.splora.select;

import io.github.splora.score.ModuleScore;

/**
 * What is to become of a module.
 *
 * @param score what was found out about it
 * @param prune whether it is to go
 * @param reason why, in a few words
 */
public record Decision(ModuleScore score, boolean prune, String reason) {}
