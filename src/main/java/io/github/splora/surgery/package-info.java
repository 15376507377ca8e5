/**
 * Changes the selected modules: drops, zeroes or corrects them, rewrites the config, and writes the adapter or
 * checkpoint. Does not know how modules were scored.
 */
package io.github.splora.surgery;
