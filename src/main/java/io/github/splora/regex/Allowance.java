package io.github.splora.regex;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The time that expressions from one source (a config, the command line) may spend on matching, individually and in
 * total. Counting steps is not enough: an empty match such as {@code (){9999}} can be repeated without reading the
 * text.
 */
public final class Allowance {

    /** Far more than any legitimate run needs: enough for a million matches of an ordinary expression. */
    private static final Duration ALTOGETHER = Duration.ofSeconds(60);
    /** Generous, so that nothing is rejected on a busy machine; ordinary matches take microseconds. */
    private static final Duration ONE_MATCH = Duration.ofSeconds(10);

    private static final String TOO_LONG = "takes too long to match; simplify it";

    /** Stack size for expressions that recurse once per character of a long name. */
    private static final long STACK_BYTES = 16L << 20;

    /**
     * A match cannot be interrupted, so it runs in a thread that can be abandoned and does not keep the program
     * running.
     */
    private static final ExecutorService MATCHERS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(null, task, "regex", STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    });

    private final long longestMatch;
    private long left;

    public Allowance() {
        this(ALTOGETHER, ONE_MATCH);
    }

    Allowance(Duration altogether, Duration oneMatch) {
        this.left = altogether.toNanos();
        this.longestMatch = oneMatch.toNanos();
    }

    /** @throws TooCostlyException if the match runs out of time or stack */
    synchronized <T> T spend(Supplier<T> match) {
        long start = System.nanoTime();
        Future<T> result = MATCHERS.submit(match::get);
        try {
            return result.get(Math.min(left, longestMatch), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new TooCostlyException(TOO_LONG);
        } catch (ExecutionException e) {
            throw whyOf(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            left -= System.nanoTime() - start;
        }
    }

    /**
     * Spends time on a match that ends by itself, in the calling thread.
     *
     * @throws TooCostlyException if the time is used up
     */
    synchronized <T> T spendHere(Supplier<T> match) {
        long start = System.nanoTime();
        if (left <= 0) {
            throw new TooCostlyException(TOO_LONG);
        }
        try {
            return match.get();
        } finally {
            left -= System.nanoTime() - start;
        }
    }

    private static RuntimeException whyOf(@Nullable Throwable cause) {
        if (cause instanceof StackOverflowError) {
            return new TooCostlyException("nests too deeply to match; simplify it");
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) Objects.requireNonNull(cause);
    }
}
