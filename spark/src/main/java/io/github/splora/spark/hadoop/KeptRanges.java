package io.github.splora.spark.hadoop;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parts of a file that have been read, so that no byte is read twice. Not safe for use by several threads. */
final class KeptRanges {

    /** Reads from the file. */
    interface Source {
        void read(long from, byte[] into, int offset, int length) throws IOException;
    }

    private final Source source;

    /** By position; they do not overlap. */
    private final TreeMap<Long, byte[]> ranges = new TreeMap<>();

    KeptRanges(Source source) {
        this.source = source;
    }

    /** Fills an array, from memory as far as possible. */
    void read(long from, byte[] into) throws IOException {
        long end = from + into.length;
        long next = from;
        while (next < end) {
            Map.@Nullable Entry<Long, byte[]> before = ranges.floorEntry(next);
            long known = before == null ? 0 : before.getKey() + before.getValue().length;
            if (before != null && known > next) {
                int length = (int) (Math.min(known, end) - next);
                System.arraycopy(before.getValue(), (int) (next - before.getKey()), into, (int) (next - from), length);
                next += length;
                continue;
            }
            Long after = ranges.ceilingKey(next);
            byte[] missing = new byte[(int) ((after == null ? end : Math.min(after, end)) - next)];
            source.read(next, missing, 0, missing.length);
            ranges.put(next, missing);
        }
    }

    void clear() {
        ranges.clear();
    }
}
