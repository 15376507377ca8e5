package io.github.splora.spark;

import io.github.splora.checkpoint.HubCache;
import io.github.splora.client.ClientKind;
import io.github.splora.fleet.Policy;
import io.github.splora.gate.Gates;
import io.github.splora.measure.ReferenceKind;
import io.github.splora.measure.Resources;
import io.github.splora.run.Progress;
import io.github.splora.run.ReportClock;
import io.github.splora.run.RunContext;
import io.github.splora.run.ScoreOptions;
import io.github.splora.score.MetricKind;
import io.github.splora.score.PopulationKind;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.tensor.KernelKind;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything but the adapters that determines the verdicts, the same on all machines.
 *
 * @param base location of the checkpoint before alignment, with its scheme
 * @param aligned location of the aligned checkpoint
 * @param tower part of the tensor names that decides where a module fits several towers; null for none
 * @param threads modules that a task measures in parallel
 * @param memory bytes that these may hold at a time
 * @param version of splora
 * @param now the time that all verdicts state
 */
record JobOptions(
        String base,
        String aligned,
        Policy policy,
        MetricKind metric,
        ReferenceKind reference,
        PopulationKind population,
        List<String> include,
        List<String> exclude,
        @Nullable String tower,
        int threads,
        long memory,
        String version,
        Instant now)
        implements Serializable {

    ScoreOptions score() {
        return new ScoreOptions(
                base,
                aligned,
                List.of(),
                Optional.empty(),
                "main",
                Scheme.of(metric, reference, population),
                include,
                exclude,
                Optional.ofNullable(tower),
                Optional.empty(),
                Granularity.MODULE,
                ClientKind.PEFT,
                "cpu",
                KernelKind.JAVA,
                new Resources(threads, memory),
                Gates.NONE);
    }

    /** Returns the environment of a run, in which no machine looks into a hub cache of its own. */
    RunContext context() {
        return new RunContext(
                new HubCache(Path.of("/dev/null/no-hub-cache")),
                Progress.SILENT,
                List.of(),
                version,
                new ReportClock(Optional.of(now)));
    }
}
