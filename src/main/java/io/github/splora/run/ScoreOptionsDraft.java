package io.github.splora.run;

import io.github.splora.client.ClientKind;
import io.github.splora.gate.Gates;
import io.github.splora.measure.Resources;
import io.github.splora.score.Scheme;
import io.github.splora.select.Granularity;
import io.github.splora.select.SelectionRule;
import io.github.splora.tensor.KernelKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A copy of {@link ScoreOptions} whose fields can be changed one by one. */
final class ScoreOptionsDraft {

    String base;
    String aligned;
    List<String> adapters;
    Optional<String> adapted;
    String revision;
    Scheme scheme;
    List<String> include;
    List<String> exclude;
    Optional<String> tower;
    Optional<SelectionRule> rule;
    Granularity granularity;
    ClientKind client;
    String device;
    KernelKind kernel;
    Resources resources;
    Gates gates;
    Optional<Path> calibration;

    ScoreOptionsDraft(ScoreOptions options) {
        base = options.base();
        aligned = options.aligned();
        adapters = options.adapters();
        adapted = options.adapted();
        revision = options.revision();
        scheme = options.scheme();
        include = options.include();
        exclude = options.exclude();
        tower = options.tower();
        rule = options.rule();
        granularity = options.granularity();
        client = options.client();
        device = options.device();
        kernel = options.kernel();
        resources = options.resources();
        gates = options.gates();
        calibration = options.calibration();
    }

    ScoreOptions finish() {
        return new ScoreOptions(
                base,
                aligned,
                adapters,
                adapted,
                revision,
                scheme,
                include,
                exclude,
                tower,
                rule,
                granularity,
                client,
                device,
                kernel,
                resources,
                gates,
                calibration);
    }
}
