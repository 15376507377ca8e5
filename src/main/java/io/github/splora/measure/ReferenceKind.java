package io.github.splora.measure;

import java.util.function.Function;

/** The references by the names that {@code --reference} takes. */
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
     * What some references must know.
     *
     * @param energy share of ‖V‖² that V's dominant subspaces hold
     * @param isRandomWanted whether distances will be judged against chance, where that takes further work
     * @param seed of what is drawn at random
     */
    public record Settings(double energy, boolean isRandomWanted, long seed) {

        /** What the command line has for defaults. */
        public static final Settings DEFAULT = new Settings(0.9, false, 1);
    }

    public Reference reference(Settings settings) {
        return constructor.apply(settings);
    }

    /** Whether deltas of full rank can be compared, too. */
    public boolean takesFullRank() {
        return this == ALIGNMENT;
    }

    @Override
    public String toString() {
        return label;
    }
}
