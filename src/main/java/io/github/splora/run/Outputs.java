package io.github.splora.run;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.output.OutputFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Prepares the output folder of each adapter. */
final class Outputs {

    private Outputs() {}

    /**
     * Prepares the output folder itself for a single adapter, or a subfolder for each of several adapters.
     *
     * @return the folders, in the order of the adapters; empty if there is none
     * @throws BadInputException if something is in the way of a folder, or two adapters have the same name
     */
    static List<OutputFolder> prepare(PruneOptions options, RunInputs inputs) {
        Path output = options.output();
        if (output == null) {
            return List.of();
        }
        List<Path> read = Stream.concat(inputs.paths().stream(), options.scores().stream())
                .toList();
        if (inputs.adapters().size() == 1) {
            return List.of(OutputFolder.prepare(output, options.force(), read));
        }
        List<OutputFolder> outputs = new ArrayList<>();
        Map<String, String> taken = new HashMap<>();
        for (OpenAdapter each : inputs.adapters()) {
            String other = taken.putIfAbsent(each.name(), each.given());
            if (other != null) {
                throw new BadInputException(List.of(new Problem(
                        "--adapter",
                        null,
                        each.given(),
                        "would be written to "
                                + output.resolve(each.name()) + ", and so would " + other
                                + "; prune one of them by itself, or rename its folder")));
            }
            outputs.add(OutputFolder.prepare(output.resolve(each.name()), options.force(), read));
        }
        return outputs;
    }
}
