/**
 * The three kinds of run, and what they consist of: options, opened inputs, scoring, reports and publishing. Knows the
 * whole flow from files to files, but not the command line.
 */
package io.github.splora.run;
