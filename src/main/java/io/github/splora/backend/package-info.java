/**
 * Chooses the kernel for a run, and falls back from loops to the engine where loops are not precise enough. Does not
 * know modules.
 */
package io.github.splora.backend;
