/** Describes and verifies adapters and checkpoints from their headers and configs alone. Does not use the engine. */
package io.github.splora.inspect;
