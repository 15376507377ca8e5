/** Selects the modules to prune: applies a rule and filters to a ranking of scores. Does not know arrays or files. */
package io.github.splora.select;
