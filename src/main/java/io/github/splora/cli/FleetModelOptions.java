package io.github.splora.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that name the models of a fleet. */
final class FleetModelOptions extends ModelOptions {

    @Option(
            names = "--aligned",
            paramLabel = "MODEL",
            description = "Aligned (instruct, chat) checkpoint that the adapters were trained on.")
    void setAligned(String name) {
        aligned = name;
    }

    @Override
    Optional<String> contradiction() {
        return preset == null && aligned == null
                ? Optional.of("Missing required option: '--aligned=MODEL', or '--preset=NAME'")
                : super.contradiction();
    }
}
