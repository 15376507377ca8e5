package io.github.splora.regex;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The time that the expressions of one origin (a config, the command line) may take to match, all together and each.
 * Counting steps alone would not do: what matches nothing, {@code (){9999}}, can be repeated without a look at the text.
 */
public final class Allowance {

    /** Far more than any honest run takes: a million matches of an ordinary expression. */
    private static final Duration ALTOGETHER = Duration.ofSeconds(60);
    /** Generous, so that a busy machine refuses nothing; ordinary matches take microseconds. */
    private static final Duration ONE_MATCH = Duration.ofSeconds(10);

    /** For expressions that go a level deeper with every character of a long name. */
    private static final long STACK_BYTES = 16L << 20;

    /** A match cannot be stopped from outside, so it gets a thread that may be left behind; the program ends without it. */
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

    /** @throws TooCostlyException if the match does not end in time, or not within its stack */
    synchronized <T> T spend(Supplier<T> match) {
        long start = System.nanoTime();
        Future<T> result = MATCHERS.submit(match::get);
        try {
            return result.get(Math.min(left, longestMatch), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new TooCostlyException("takes too long to match; write it more simply");
        } catch (ExecutionException e) {
            throw whyOf(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            left -= System.nanoTime() - start;
        }
    }

    private static RuntimeException whyOf(Throwable cause) {
        if (cause instanceof StackOverflowError) {
            return new TooCostlyException("goes too deep to be matched; write it more simply");
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }
}
