/**
 * {@link io.github.splora.error.BadInputException}: everything that a user can fix, as problems with file, field, value
 * and explanation. Knows nothing else of the program.
 */
package io.github.splora.error;
