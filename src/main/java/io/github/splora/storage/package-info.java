/**
 * Tensors on disk: the table of data types, the location and shape of each tensor, and its bytes on demand. Does not
 * know any file format.
 */
package io.github.splora.storage;
