package io.github.splora.tensor;

/** The ways to compute, as named by {@code --kernel}. */
public enum KernelKind {
    /** The fastest: the engine if it finds a GPU, otherwise {@link #JAVA}. */
    AUTO("auto"),
    /** The engine in float64, on a GPU if it finds one. */
    DJL("djl"),
    /** Java loops on the CPU, with float32 sums over short ranges; the engine for passes that need more precision. */
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
