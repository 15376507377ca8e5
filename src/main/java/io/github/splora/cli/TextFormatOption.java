package io.github.splora.cli;

import picocli.CommandLine.Option;

/** The option for the format of the commands that print text or JSON. */
final class TextFormatOption {

    /** The output formats. */
    enum Format {
        text,
        json
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "Output format: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format choice;

    boolean isJson() {
        return choice == Format.json;
    }
}
