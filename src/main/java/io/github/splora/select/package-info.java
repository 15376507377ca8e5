/**
 * Selects modules by a rule applied to ranked scores, and filters modules by name. Does not depend on arrays or files.
 */
package io.github.splora.select;
