package io.github.splora.run;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a user asks of a pruning run.
 *
 * @param score how modules are scored and selected
 * @param scores report of an earlier scoring to decide from; empty means score now
 * @param output folder for the pruned adapter, or for the folders of several
 * @param surgery what is done to selected modules
 * @param dryRun whether to stop before anything is written
 * @param force whether {@code output} may hold something already
 */
public record PruneOptions(
        ScoreOptions score, Optional<Path> scores, Path output, Surgery surgery, boolean dryRun, boolean force) {}
