/**
 * The safetensors format: parses and checks headers, reads tensors on demand, and writes reproducible files. Does not
 * know models or adapters.
 */
package io.github.splora.safetensors;
