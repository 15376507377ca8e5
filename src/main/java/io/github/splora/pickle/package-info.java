/**
 * The files of {@code torch.save}: a stack machine that can only describe tensors, and the zip archive or older
 * container around it. Does not know models or adapters.
 */
package io.github.splora.pickle;
