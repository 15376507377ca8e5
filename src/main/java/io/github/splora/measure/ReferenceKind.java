package io.github.splora.measure;

import java.util.function.Function;

/** The references, as named by {@code --reference}. */
public enum ReferenceKind {
    ALIGNMENT("alignment", settings -> new AlignmentReference()),
    SAFELORA("safelora", SafeLoraReference::new),
    SUBSPACE("subspace", SubspaceReference::new);

    private final String label;
    private final Function<Settings, Reference> constructor;

    ReferenceKind(String label, Function<Settings, Reference> constructor) {
        this.label = label;
        this.constructor = constructor;
    }

    /**
     * The settings of the references.
     *
     * @param energy share of ‖V‖² that V's dominant subspaces hold
     * @param isRandomWanted whether to compute the distance expected by chance where that takes extra work
     * @param seed random seed
     */
    public record Settings(double energy, boolean isRandomWanted, long seed) {

        /** The command line's defaults. */
        public static final Settings DEFAULT = new Settings(0.9, false, 1);
    }

    public Reference reference(Settings settings) {
        return constructor.apply(settings);
    }

    /** Whether this reference also supports deltas of full rank. */
    public boolean takesFullRank() {
        return this == ALIGNMENT;
    }

    @Override
    public String toString() {
        return label;
    }
}
