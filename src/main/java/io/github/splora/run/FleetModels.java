package io.github.splora.run;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.Fingerprint;
import io.github.splora.checkpoint.HubCache;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The models that all adapters of a fleet are compared with. */
record FleetModels(
        Checkpoint base, Checkpoint aligned, String baseFingerprint, String alignedFingerprint, FileStates files)
        implements AutoCloseable {

    /** @throws BadInputException with the problems of both */
    static FleetModels open(ScoreOptions options, HubCache hub) {
        List<Problem> problems = new ArrayList<>();
        Checkpoint base = RunInputs.open("--base", options.base(), options, hub, Checkpoint::openModel, problems);
        Checkpoint aligned =
                RunInputs.open("--aligned", options.aligned(), options, hub, Checkpoint::openModel, problems);
        if (base == null || aligned == null) {
            Stream.of(base, aligned).filter(Objects::nonNull).forEach(Checkpoint::close);
            throw new BadInputException(problems);
        }
        List<Path> shards = Stream.concat(base.shards().stream(), aligned.shards().stream())
                .distinct()
                .toList();
        return new FleetModels(base, aligned, Fingerprint.of(base), Fingerprint.of(aligned), new FileStates(shards));
    }

    @Override
    public void close() {
        base.close();
        aligned.close();
    }
}
