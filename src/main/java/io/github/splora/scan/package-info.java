/** A first look at an adapter: what it is, whether it fits its model, what stands out, and what to do next. */
@NullMarked
package io.github.splora.scan;

import org.jspecify.annotations.NullMarked;
