package io.github.splora.cli;

/** The program's exit codes. */
final class ExitCode {

    static final int DONE = 0;
    static final int UNEXPECTED_FAILURE = 1;
    static final int WRONG_USAGE = 2;
    static final int GATE_FAILED = 3;
    static final int BAD_INPUT = 4;

    private ExitCode() {}
}
