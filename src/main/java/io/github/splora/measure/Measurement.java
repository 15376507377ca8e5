package io.github.splora.measure;

import io.github.splora.pairing.PairedModule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one module, as plain numbers.
 *
 * @param module the module that was measured
 * @param deltaNorm {@code ‖ΔW‖_F}; 0 if the module adds nothing
 * @param alignmentNorm {@code ‖V‖_F}; 0 if alignment did not change the layer
 * @param comparison comparison with the reference; null if one of the two norms is 0
 */
public record Measurement(
        PairedModule module, double deltaNorm, double alignmentNorm, @Nullable Comparison comparison) {

    /** Whether the module has a delta and a reference. Only such modules are scored and belong to populations. */
    public boolean isComparable() {
        return comparison != null;
    }

    /** Returns the comparison of a {@linkplain #isComparable comparable} module. */
    public Comparison compared() {
        return Objects.requireNonNull(comparison);
    }

    boolean isFinite() {
        return Double.isFinite(deltaNorm)
                && Double.isFinite(alignmentNorm)
                && (comparison == null || comparison.isFinite());
    }
}
