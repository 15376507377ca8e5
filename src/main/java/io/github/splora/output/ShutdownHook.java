package io.github.splora.output;

/** Cleans up if the program is interrupted before the hook is closed; closing cancels the cleanup. */
public final class ShutdownHook implements AutoCloseable {

    private final Thread thread;

    private ShutdownHook(Thread thread) {
        this.thread = thread;
    }

    /** Registers an action to run when the virtual machine shuts down, including on Ctrl-C. */
    public static ShutdownHook register(Runnable action) {
        Thread thread = new Thread(action);
        Runtime.getRuntime().addShutdownHook(thread);
        return new ShutdownHook(thread);
    }

    /** Whether the virtual machine is shutting down, so that new work would only leave traces. */
    public static boolean isShuttingDown() {
        try {
            register(() -> {}).close();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The program is already shutting down: the hook is running or has run.
        }
    }
}
