/** What differs between two adapters, or between the reports of two runs. */
@NullMarked
package io.github.splora.diff;

import org.jspecify.annotations.NullMarked;
