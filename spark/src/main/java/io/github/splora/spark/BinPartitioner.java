package io.github.splora.spark;

import org.apache.spark.Partitioner;

/** Sends the pieces of each bin of weights to a partition of its own. */
final class BinPartitioner extends Partitioner {

    private static final long serialVersionUID = 1;

    private final int bins;

    BinPartitioner(int bins) {
        this.bins = bins;
    }

    @Override
    public int numPartitions() {
        return bins;
    }

    @Override
    public int getPartition(Object bin) {
        return (Integer) bin;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BinPartitioner partitioner && partitioner.bins == bins;
    }

    @Override
    public int hashCode() {
        return bins;
    }
}
