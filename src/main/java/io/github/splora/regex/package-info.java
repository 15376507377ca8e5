/**
 * Matches untrusted regular expressions within bounds on steps, time and stack depth. Does not know where an expression
 * comes from.
 */
package io.github.splora.regex;
