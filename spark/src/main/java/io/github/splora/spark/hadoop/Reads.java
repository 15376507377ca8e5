package io.github.splora.spark.hadoop;

import java.io.Serializable;

/**
 * Bytes read from the file systems.
 *
 * @param base of the base model's tensors
 * @param aligned of the aligned model's tensors
 * @param headers of the models' headers and indexes
 * @param others of everything else: the adapters
 * @param requests number of reads
 */
public record Reads(long base, long aligned, long headers, long others, long requests) implements Serializable {

    /** Nothing. */
    public static final Reads NONE = new Reads(0, 0, 0, 0, 0);

    /** Returns the sum. */
    public Reads plus(Reads more) {
        return new Reads(
                base + more.base,
                aligned + more.aligned,
                headers + more.headers,
                others + more.others,
                requests + more.requests);
    }
}
