package io.github.splora.measure;

/** What a module's delta is compared with. An implementation is one file, made known in {@link ReferenceKind}. */
public interface Reference {

    /** Compares the delta of one matrix with its reference; to be asked until it wants no pass any more. */
    ReferenceWalk compare(Subject subject);

    /**
     * What the sums over all matrices of a module, neither of whose deltas is zero, come down to.
     *
     * @param sums with {@code ‖ΔW‖} and {@code ‖V‖} above 0
     */
    Comparison comparison(Sums sums);
}
