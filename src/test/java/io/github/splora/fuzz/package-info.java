/**
 * Fuzz targets: each passes bytes to one reader, which must either open or reject them; anything else is a failure. The
 * ordinary test run uses their seeds ({@code testdata/fuzz/TARGET}; for pickles, {@code testdata/pickles}) and some
 * mutations of them ({@code FuzzTargetsTest}); {@code scripts/fuzz.sh} runs them under Jazzer, guided by coverage, for
 * as long as you like.
 *
 * <p>To add a reader, add a class like {@code HeaderFuzz}, a folder of seeds, and one line each in
 * {@code FuzzTargetsTest} and {@code scripts/fuzz.sh}.
 */
package io.github.splora.fuzz;
