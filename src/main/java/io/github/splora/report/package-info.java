/**
 * The report of a run, and its writers: JSON, CSV, tables, Markdown, heatmap and model card. Does not depend on how the
 * results were computed.
 */
package io.github.splora.report;
