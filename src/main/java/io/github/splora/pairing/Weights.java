package io.github.splora.pairing;

import io.github.splora.storage.StoredMatrix;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The weights of one layer, which are read together. All have the same shape.
 *
 * @param base {@code W_base}
 * @param aligned {@code W_aligned}
 * @param adapted the weight of a merged fine-tune, if there is one
 * @param transposed whether the weights are stored as {@code [in, out]}
 */
public record Weights(StoredMatrix base, StoredMatrix aligned, Optional<StoredMatrix> adapted, boolean transposed) {

    /** Creates the weights of a layer that an adapter targets. */
    public Weights(StoredMatrix base, StoredMatrix aligned, boolean transposed) {
        this(base, aligned, Optional.empty(), transposed);
    }

    public long outFeatures() {
        return transposed ? aligned.columns() : aligned.rows();
    }

    public long inFeatures() {
        return transposed ? aligned.rows() : aligned.columns();
    }

    /** Returns all weights that are present. */
    public List<StoredMatrix> matrices() {
        return Stream.concat(Stream.of(base, aligned), adapted.stream()).toList();
    }

    /** Returns the total number of bytes on disk. */
    public long byteLength() {
        return matrices().stream().mapToLong(StoredMatrix::byteLength).sum();
    }
}
