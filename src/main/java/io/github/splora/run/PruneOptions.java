package io.github.splora.run;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The options of a prune.
 *
 * @param score how modules are scored and selected
 * @param scores an earlier report whose scores to use; empty means score now
 * @param output folder for the pruned adapter, or for one subfolder per adapter
 * @param surgery what is done to selected modules
 * @param dryRun whether to stop before anything is written
 * @param force whether {@code output} may be a folder that is not empty
 */
public record PruneOptions(
        ScoreOptions score, Optional<Path> scores, Path output, Surgery surgery, boolean dryRun, boolean force) {}
