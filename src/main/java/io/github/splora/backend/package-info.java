/**
 * Chooses the kernel for a run, and falls back from Java loops to the engine for the passes that they do not support.
 * Does not depend on modules.
 */
package io.github.splora.backend;
