package io.github.splora.run;

import io.github.splora.fleet.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of a run over many adapters.
 *
 * @param score how adapters are scored; names no adapter
 * @param adapters a folder of adapters, or a text file with one path or hub id per line
 * @param ledger file of verdicts
 * @param table CSV file of modules; empty if none is wanted
 * @param policy what makes a verdict
 * @param isResuming whether the ledger may hold verdicts already, which are then kept
 * @param repairs root folder of repaired adapters; empty if nothing is repaired
 * @param repair what is done to adapters that are not allowed
 * @param watch how long to wait for adapters that are still to come; empty to stop after those that are there
 */
public record FleetOptions(
        ScoreOptions score,
        Path adapters,
        Path ledger,
        Optional<Path> table,
        Policy policy,
        boolean isResuming,
        Optional<Path> repairs,
        Surgery repair,
        Optional<Duration> watch) {}
