package io.github.splora.run;

import io.github.splora.checkpoint.HubCache;
import java.util.List;

/**
 * The environment of a run.
 *
 * @param hub where hub ids are looked up
 * @param progress receives each measured module
 * @param command arguments of the program, as reports name them; empty when called from Java
 * @param version version of splora, as reports name it
 * @param clock the time, as reports state it
 * @param isStrict whether inputs that contradict each other are refused, instead of a warning
 * @param hashesAll whether reports state the hashes of all of the checkpoints' files
 * @param statesProvenance whether a statement of provenance is written beside each result
 */
public record RunContext(
        HubCache hub,
        Progress progress,
        List<String> command,
        String version,
        ReportClock clock,
        boolean isStrict,
        boolean hashesAll,
        boolean statesProvenance) {

    /** A context that warns of contradictions, hashes the checkpoints' headers only, and writes no statement of provenance. */
    public RunContext(HubCache hub, Progress progress, List<String> command, String version, ReportClock clock) {
        this(hub, progress, command, version, clock, false, false, false);
    }

    /** Returns the same for a part of the run, which shows no progress and warns of contradictions. */
    RunContext ofPart() {
        return new RunContext(hub, Progress.SILENT, command, version, clock, false, hashesAll, statesProvenance);
    }

    /** Returns the same, which writes a statement of provenance beside each result. */
    public RunContext statingProvenance() {
        return new RunContext(hub, progress, command, version, clock, isStrict, hashesAll, true);
    }

    /** Returns the same, which hashes all of the checkpoints' files. */
    public RunContext hashingAll() {
        return new RunContext(hub, progress, command, version, clock, isStrict, true, statesProvenance);
    }

    /** Returns the same, strict. */
    public RunContext strict() {
        return new RunContext(hub, progress, command, version, clock, true, hashesAll, statesProvenance);
    }
}
