package io.github.splora.spark.hadoop;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is read from the file systems while some work is done, and keeps what is read of the models, so that it is read once
 * however often it is wanted. Remembers what is where. Belongs to the files that the thread opens in the meantime, whichever threads read them.
 */
public final class ReadScope implements AutoCloseable {

    private static final ThreadLocal<@Nullable ReadScope> CURRENT = new ThreadLocal<>();

    private final @Nullable ReadScope outer;
    private final List<String> base;
    private final List<String> aligned;
    private final boolean keeps;
    private final StatusCache statuses = new StatusCache();
    private final LongAdder headers = new LongAdder();
    private final LongAdder ofBase = new LongAdder();
    private final LongAdder ofAligned = new LongAdder();
    private final LongAdder others = new LongAdder();
    private final LongAdder requests = new LongAdder();

    private ReadScope(String base, String aligned, boolean keeps) {
        this.outer = CURRENT.get();
        this.base = List.of(base, base + HadoopFileSystem.SEPARATOR);
        this.aligned = List.of(aligned, aligned + HadoopFileSystem.SEPARATOR);
        this.keeps = keeps;
    }

    /**
     * Begins a scope for this thread, to be closed by it.
     *
     * @param base location of the base model
     * @param aligned location of the aligned model
     * @param keeps whether to keep the models' bytes in memory until their files are closed
     */
    public static ReadScope begin(String base, String aligned, boolean keeps) {
        ReadScope scope = new ReadScope(base, aligned, keeps);
        CURRENT.set(scope);
        return scope;
    }

    static @Nullable ReadScope current() {
        return CURRENT.get();
    }

    /** Returns what was read so far. */
    public Reads reads() {
        return new Reads(ofBase.sum(), ofAligned.sum(), headers.sum(), others.sum(), requests.sum());
    }

    /** Forgets what files and folders were found: whether they have changed is asked anew. */
    public void forget() {
        statuses.clear();
    }

    StatusCache statuses() {
        return statuses;
    }

    boolean keeps(String location) {
        return keeps && (isIn(base, location) || isIn(aligned, location));
    }

    void count(String location, boolean isHeader, long bytes) {
        requests.increment();
        boolean isBase = isIn(base, location);
        if (!isBase && !isIn(aligned, location)) {
            others.add(bytes);
        } else if (isHeader) {
            headers.add(bytes);
        } else if (isBase) {
            ofBase.add(bytes);
        } else {
            ofAligned.add(bytes);
        }
    }

    private static boolean isIn(List<String> model, String location) {
        return location.equals(model.get(0)) || location.startsWith(model.get(1));
    }

    @Override
    public void close() {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }
}
