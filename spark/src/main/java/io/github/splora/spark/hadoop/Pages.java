package io.github.splora.spark.hadoop;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a file in pages and keeps the last ones: a request to an object store takes as long as some hundred kilobytes, and what is read
 * next is usually near. Not safe for use by several threads.
 */
final class Pages {

    static final int PAGE_BYTES = 1 << 18;

    /** Pages to keep. Many files are open at a time. */
    private static final int MOST_PAGES = 8;

    /** Pages of one request to who reads a file from its start to its end. */
    private static final int LONGEST_RUN = 4;

    private final KeptRanges.Source source;
    private final long size;
    private final Map<Long, byte[]> pages = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > MOST_PAGES;
        }
    };
    /** The page after those that have been read without a gap since the file's start. */
    private long next;

    private int run = 1;

    /** @param size of the file */
    Pages(KeptRanges.Source source, long size) {
        this.source = source;
        this.size = size;
    }

    /** Fills an array; what is longer than a page is read as it is. */
    void read(long from, byte[] into) throws IOException {
        if (into.length > PAGE_BYTES) {
            source.read(from, into, 0, into.length);
            return;
        }
        long end = from + into.length;
        for (long at = from; at < end; ) {
            long page = at / PAGE_BYTES;
            byte[] bytes = page(page, (end - 1) / PAGE_BYTES);
            int offset = (int) (at - page * PAGE_BYTES);
            int length = (int) Math.min(bytes.length - offset, end - at);
            System.arraycopy(bytes, offset, into, (int) (at - from), length);
            at += length;
        }
    }

    /**
     * Returns a page.
     *
     * @param last the last page that will be needed at once
     */
    private byte[] page(long page, long last) throws IOException {
        byte[] known = pages.get(page);
        if (known != null) {
            return known;
        }
        int count = (int) (last - page + 1);
        if (page == next) {
            count = Math.max(count, run);
            run = Math.min(2 * run, LONGEST_RUN);
            next = page + count;
        }
        long begin = page * PAGE_BYTES;
        byte[] bytes = new byte[(int) Math.min((long) count * PAGE_BYTES, size - begin)];
        source.read(begin, bytes, 0, bytes.length);
        for (int i = count - 1; i >= 0; i--) {
            int offset = i * PAGE_BYTES;
            if (offset < bytes.length) {
                pages.put(page + i, Arrays.copyOfRange(bytes, offset, Math.min(offset + PAGE_BYTES, bytes.length)));
            }
        }
        return pages.get(page);
    }

    void clear() {
        pages.clear();
    }
}
