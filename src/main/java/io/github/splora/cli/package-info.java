/**
 * The command line: options, output streams, progress and exit codes, and the one place where an exception becomes a
 * message. No other package knows it.
 */
package io.github.splora.cli;
