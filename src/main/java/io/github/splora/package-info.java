/**
 * The Java API: {@link io.github.splora.Splora}, whose methods score, prune and sweep adapters. Knows which run to
 * start, not how it works.
 */
package io.github.splora;
