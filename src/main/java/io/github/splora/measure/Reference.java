package io.github.splora.measure;

/** What a module's delta is compared with. An implementation is one file, registered in {@link ReferenceKind}. */
public interface Reference {

    /** Starts comparing the delta of one matrix with its reference. */
    ReferenceWalk compare(Subject subject);

    /** Whether it needs {@link Subject#spectrum}. */
    default boolean usesSpectrum() {
        return false;
    }

    /**
     * Turns the sums over all matrices of a module into a comparison.
     *
     * @param sums the sums; {@code ‖ΔW‖} and {@code ‖V‖} are above 0
     */
    Comparison comparison(Sums sums);
}
