package io.github.splora.cli;

import io.github.splora.report.ProvenanceStatement;
import picocli.CommandLine.Option;

/** The option to write a statement of provenance. */
final class ProvenanceOption {

    @Option(
            names = "--provenance",
            description = "Also write " + ProvenanceStatement.FILE_NAME
                    + ", an unsigned in-toto statement: the hashes of all written files and inputs, and the command."
                    + " 'splora verify --provenance' checks it.")
    boolean isGiven;
}
