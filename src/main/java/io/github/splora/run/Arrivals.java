package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Adapters that arrive in a folder. One is ready once its files have stayed as they are for some seconds, since an upload takes time;
 * one without a config or without weights, for much longer.
 */
final class Arrivals {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final int LOOKS = 2;
    private static final int LOOKS_IF_INCOMPLETE = 30;

    /** The last state of an adapter's files, and at how many looks it was the same. */
    private record Seen(String state, int looks) {}

    private final long patience;
    private final Map<String, Seen> seen = new HashMap<>();
    private long lastArrival = System.nanoTime();
    private boolean isFirst = true;

    /** @param patience how long nothing may arrive before {@link #isOver} */
    Arrivals(Duration patience) {
        this.patience = patience.toNanos();
    }

    /** Whether nothing has arrived for so long that waiting is over. */
    boolean isOver() {
        return !isFirst && System.nanoTime() - lastArrival > patience;
    }

    /** Waits a little, and returns the adapters that are ready. */
    List<String> ready(List<String> present) {
        if (!isFirst) {
            pause();
        }
        isFirst = false;
        if (!present.isEmpty()) {
            lastArrival = System.nanoTime();
        }
        return present.stream().filter(this::isReady).toList();
    }

    private boolean isReady(String adapter) {
        String state = state(adapter);
        Seen before = seen.get(adapter);
        int looks = before != null && before.state().equals(state) ? before.looks() + 1 : 1;
        seen.put(adapter, new Seen(state, looks));
        Path folder = Path.of(adapter);
        return looks >= (Adapter.isAt(folder) && Adapter.hasWeights(folder) ? LOOKS : LOOKS_IF_INCOMPLETE);
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for adapters", e);
        }
    }

    /** Returns sizes and times of a folder's files; something new if they cannot be listed. */
    private static String state(String folder) {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            StringBuilder state = new StringBuilder();
            for (Path file : files.sorted().toList()) {
                state.append(file)
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file))
                        .append('\n');
            }
            return state.toString();
        } catch (IOException | UncheckedIOException e) {
            return "unreadable at " + System.nanoTime();
        }
    }
}
