package io.github.splora.storage;

import java.util.Optional;

/**
 * The scales by which an 8-bit weight's stored numbers are multiplied: one for each block of
 * {@code blockRows × blockColumns} elements, {@code W_ij = stored_ij · scale[i / blockRows, j / blockColumns]}.
 *
 * @param tensor the scales, {@code [⌈rows/blockRows⌉, ⌈columns/blockColumns⌉]}; empty if the stored numbers are the weights
 * @param blockRows rows that share a scale
 * @param blockColumns columns that share a scale
 */
public record Scales(Optional<StoredTensor> tensor, long blockRows, long blockColumns) {

    /** Stored numbers are the weights themselves. */
    public static final Scales NONE = new Scales(Optional.empty(), 1, 1);
}
