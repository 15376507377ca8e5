/** Conditions that fail a pipeline: on figures of a report's summary, and on what a report cannot vouch for. */
package io.github.splora.gate;
