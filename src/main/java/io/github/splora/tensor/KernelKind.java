package io.github.splora.tensor;

/** The ways to compute by the names that {@code --kernel} takes. */
public enum KernelKind {
    /** The fastest: the engine where it finds a GPU, else {@link #JAVA}. */
    AUTO("auto"),
    /** The engine, on a GPU where it finds one: float64. */
    DJL("djl"),
    /** Java loops, on the CPU: float32 in short stretches; the engine for what needs more. */
    JAVA("java");

    private final String label;

    KernelKind(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
