/** The kernel in plain Java: loops over tiles of weights, with or without the JDK's Vector API. Does not know DJL. */
package io.github.splora.tensor.loops;
