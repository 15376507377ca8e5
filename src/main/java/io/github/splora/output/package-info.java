/**
 * Files and folders that appear complete or not at all, even if the run is interrupted. Does not know what is written
 * to them.
 */
package io.github.splora.output;
