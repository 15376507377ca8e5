/**
 * What one run consists of: its options, its opened inputs, scoring, reports and publishing, and the three kinds of
 * run. Knows the whole flow from files to files, but not the command line.
 */
package io.github.splora.run;
