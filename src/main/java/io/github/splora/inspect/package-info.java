/** Describes and verifies adapters and checkpoints from headers and configs, and an adapter's values for NaN. Does not use the engine. */
package io.github.splora.inspect;
