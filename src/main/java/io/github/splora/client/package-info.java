/**
 * The programs that load adapters: what each requires of a pruned adapter, and what it cannot load. Does not read or
 * write files.
 */
package io.github.splora.client;
