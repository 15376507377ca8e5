package io.github.splora.cli;

/** How options that take several patterns separate them. */
final class Patterns {

    /** A comma outside {@code /regex/}: one that an even number of slashes follows. */
    static final String SEPARATOR = ",(?=[^/]*(?:/[^/]*/[^/]*)*$)";

    private Patterns() {}
}
