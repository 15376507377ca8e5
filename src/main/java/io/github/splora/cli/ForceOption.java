package io.github.splora.cli;

import picocli.CommandLine.Option;

/** The option to write into a folder that is not empty. */
final class ForceOption {

    @Option(
            names = "--force",
            description =
                    "Write into output folders that are not empty: replaces files of the same name, keeps the others.")
    boolean isGiven;
}
