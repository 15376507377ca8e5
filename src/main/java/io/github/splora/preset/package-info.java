/** Finds the two models that an adapter is compared with: by name, or from what the adapter and the aligned model say. */
@NullMarked
package io.github.splora.preset;

import org.jspecify.annotations.NullMarked;
