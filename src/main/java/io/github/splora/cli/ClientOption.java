package io.github.splora.cli;

import io.github.splora.client.ClientKind;
import picocli.CommandLine.Option;

/** The program that will load the result. */
final class ClientOption {

    @Option(
            names = "--client",
            paramLabel = "CLIENT",
            defaultValue = "peft",
            description =
                    "Program that will load the adapter: ${COMPLETION-CANDIDATES}. Sets suitable defaults for other"
                            + " options, and refuses what the program cannot load. Default: ${DEFAULT-VALUE}.")
    ClientKind choice;
}
