/**
 * Decides whether a file of tensors is read as safetensors or as a pickle. Does not know the details of either format.
 */
package io.github.splora.format;
