/**
 * The command line: options, output streams, progress, exit codes, and error messages. No other package depends on it.
 */
package io.github.splora.cli;
