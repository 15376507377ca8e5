package io.github.splora.cli;

import io.github.splora.client.ClientKind;
import picocli.CommandLine.Option;

/** Who will load the result. */
final class ClientOption {

    @Option(
            names = "--client",
            paramLabel = "CLIENT",
            defaultValue = "peft",
            description =
                    "What the pruned adapter is for: ${COMPLETION-CANDIDATES}; decides what is done where no option"
                            + " says so, and refuses what the client cannot load. Default: ${DEFAULT-VALUE}.")
    ClientKind choice;
}
