/**
 * Judging many adapters: the verdict that a {@link io.github.splora.fleet.Policy} gives on each, the ledger and the table that
 * record it, and what measured adapters say about a policy's limits.
 */
@NullMarked
package io.github.splora.fleet;

import org.jspecify.annotations.NullMarked;
