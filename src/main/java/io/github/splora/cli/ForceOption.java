package io.github.splora.cli;

import picocli.CommandLine.Option;

/** Whether an output folder may hold something already. */
final class ForceOption {

    @Option(
            names = "--force",
            description =
                    "Write into output folders that are not empty: files of the same names are replaced, others stay.")
    boolean isGiven;
}
