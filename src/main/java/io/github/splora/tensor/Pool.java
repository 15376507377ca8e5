package io.github.splora.tensor;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Memory that walks borrow, so that there is as much of it as there are walks at a time, however many follow one another:
 * memory outside Java's heap is given back only when the collector happens to run.
 */
public final class Pool<T> {

    private final Supplier<T> maker;
    private final ConcurrentLinkedDeque<T> idle = new ConcurrentLinkedDeque<>();

    public Pool(Supplier<T> maker) {
        this.maker = maker;
    }

    /** Lends one for as long as {@code use} takes. One whose use failed is not lent again: it may still be written to. */
    public void lend(Consumer<T> use) {
        T one = idle.pollFirst();
        if (one == null) {
            one = maker.get();
        }
        use.accept(one);
        idle.addFirst(one);
    }
}
