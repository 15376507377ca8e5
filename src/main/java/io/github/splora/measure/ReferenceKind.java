package io.github.splora.measure;

import java.util.function.Function;

/** The references, as named by {@code --reference}. */
public enum ReferenceKind {
    ALIGNMENT("alignment", settings -> new AlignmentReference()),
    SAFELORA("safelora", SafeLoraReference::new),
    SUBSPACE("subspace", SubspaceReference::new);

    private final String label;
    private final Function<ReferenceSettings, Reference> constructor;

    ReferenceKind(String label, Function<ReferenceSettings, Reference> constructor) {
        this.label = label;
        this.constructor = constructor;
    }

    public Reference reference(ReferenceSettings settings) {
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
