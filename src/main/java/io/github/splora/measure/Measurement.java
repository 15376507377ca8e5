package io.github.splora.measure;

import io.github.splora.pairing.PairedModule;

/**
 * The plain numbers that one module's arrays come down to.
 *
 * @param module what was measured
 * @param deltaNorm {@code ‖ΔW‖_F}; 0 if the module adds nothing
 * @param alignmentNorm {@code ‖V‖_F}; 0 if alignment left the layer as it was
 * @param comparison null where one of the two norms is 0
 */
public record Measurement(PairedModule module, double deltaNorm, double alignmentNorm, Comparison comparison) {

    /** Whether the module has a delta and a reference: only such modules are scored and make up populations. */
    public boolean isComparable() {
        return comparison != null;
    }

    boolean isFinite() {
        return Double.isFinite(deltaNorm)
                && Double.isFinite(alignmentNorm)
                && (comparison == null || comparison.isFinite());
    }
}
