/**
 * Fuzz targets: each shows bytes to one reader, lets it open or refuse them, and lets nothing else pass. The ordinary
 * test run shows them their seeds ({@code testdata/fuzz/TARGET}; for pickles, {@code
 * testdata/pickles}) and some mutations of these ({@code FuzzTargetsTest});
 * {@code scripts/fuzz.sh} runs them under Jazzer, guided by coverage, for as long as wanted.
 *
 * <p>A further reader takes one class like {@code HeaderFuzz}, a folder of seeds, and a line each in
 * {@code FuzzTargetsTest} and {@code scripts/fuzz.sh}.
 */
package io.github.splora.fuzz;
