package io.github.splora.tensor;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Buffers that walks borrow and return, so that there are only as many as concurrent walks. Allocating them anew for
 * every walk would accumulate memory, because memory outside the Java heap is freed only when the garbage collector
 * runs.
 */
public final class Pool<T> {

    private final Supplier<T> maker;
    private final ConcurrentLinkedDeque<T> idle = new ConcurrentLinkedDeque<>();

    public Pool(Supplier<T> maker) {
        this.maker = maker;
    }

    /**
     * Lends a buffer to {@code use} for the duration of the call. If {@code use} throws, the buffer is not reused,
     * because something may still write to it.
     */
    public void lend(Consumer<T> use) {
        T one = borrow();
        use.accept(one);
        giveBack(one);
    }

    /** Lends a buffer until {@link #giveBack}. */
    public T borrow() {
        T one = idle.pollFirst();
        return one == null ? maker.get() : one;
    }

    public void giveBack(T one) {
        idle.addFirst(one);
    }
}
