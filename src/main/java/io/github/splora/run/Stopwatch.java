package io.github.splora.run;

/** Measures wall-clock time. */
record Stopwatch(long startNanos) {

    static Stopwatch start() {
        return new Stopwatch(System.nanoTime());
    }

    double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
