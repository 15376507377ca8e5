package io.github.splora.storage;

import java.util.Optional;

/**
 * What the numbers of an 8-bit weight are multiplied with to make the weight: one scale for each block of
 * {@code blockRows × blockColumns} elements, {@code W_ij = stored_ij · scale[i / blockRows, j / blockColumns]}.
 *
 * @param tensor the scales, {@code [⌈rows/blockRows⌉, ⌈columns/blockColumns⌉]}; none if numbers are the weights
 * @param blockRows rows that share a scale
 * @param blockColumns columns that share one
 */
public record Scales(Optional<StoredTensor> tensor, long blockRows, long blockColumns) {

    /** Stored numbers are the weights themselves. */
    public static final Scales NONE = new Scales(Optional.empty(), 1, 1);
}
