package io.github.splora.run;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.inspect.RecordedModels;
import io.github.splora.pairing.ChosenTower;
import io.github.splora.report.RunReport.CheckpointInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The models that all adapters of a fleet are compared with. */
record FleetModels(
        Checkpoint base,
        Checkpoint aligned,
        CheckpointInput describedBase,
        CheckpointInput describedAligned,
        RecordedModels recorded,
        FileStates files)
        implements AutoCloseable {

    /**
     * Opens both.
     *
     * @param hashesAll whether to read and hash all of their files
     * @throws BadInputException with the problems of both
     */
    static FleetModels open(ScoreOptions options, HubCache hub, boolean hashesAll) {
        return open(
                options,
                hub,
                base -> InputDescription.of(options.base(), base, hashesAll),
                aligned -> InputDescription.of(options.aligned(), aligned, hashesAll));
    }

    /**
     * Opens both on another machine than the one that described them.
     *
     * @throws BadInputException with the problems of both, or if a file is not the one that was described
     */
    static FleetModels open(ScoreOptions options, HubCache hub, FleetParts.Models described) {
        FleetModels models = open(options, hub, base -> described.base(), aligned -> described.aligned());
        try {
            models.files().requireSame(described.files());
            return models;
        } catch (RuntimeException e) {
            models.close();
            throw e;
        }
    }

    private static FleetModels open(
            ScoreOptions options,
            HubCache hub,
            Function<Checkpoint, CheckpointInput> ofBase,
            Function<Checkpoint, CheckpointInput> ofAligned) {
        List<Problem> problems = new ArrayList<>();
        Checkpoint base = RunInputs.model("--base", options.base(), options, hub, problems);
        Checkpoint aligned = RunInputs.model("--aligned", options.aligned(), options, hub, problems);
        if (base != null && aligned != null) {
            problems.addAll(ChosenTower.problems(base, aligned));
        }
        if (base == null || aligned == null || !problems.isEmpty()) {
            Stream.of(base, aligned).filter(Objects::nonNull).forEach(Checkpoint::close);
            throw new BadInputException(problems);
        }
        List<Path> shards = Stream.concat(base.shards().stream(), aligned.shards().stream())
                .distinct()
                .toList();
        return new FleetModels(
                base,
                aligned,
                ofBase.apply(base),
                ofAligned.apply(aligned),
                new RecordedModels(Optional.of(base), aligned, hub),
                new FileStates(shards));
    }

    String baseFingerprint() {
        return describedBase.fingerprint();
    }

    String alignedFingerprint() {
        return describedAligned.fingerprint();
    }

    /** Returns both, in a fixed order: a ledger must not depend on the process that writes it. */
    Map<String, String> fingerprints() {
        Map<String, String> both = new LinkedHashMap<>();
        both.put("base", baseFingerprint());
        both.put("aligned", alignedFingerprint());
        return both;
    }

    @Override
    public void close() {
        base.close();
        aligned.close();
    }
}
