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
 * @param comparison comparison with the reference; null if one of the two norms is 0, or the delta ill-conditioned
 * @param uncertainty how far {@code deltaNorm} may be from the norm of what an engine adds that computes in float32, because
 *     ranks cancel; 0 where none do
 */
public record Measurement(
        PairedModule module,
        double deltaNorm,
        double alignmentNorm,
        @Nullable Comparison comparison,
        double uncertainty) {

    /** The largest share of {@code ‖ΔW‖} that may be uncertain. */
    private static final double TOLERATED = 0x1p-8;

    /** Creates the measurement of a delta without cancellation. */
    public Measurement(PairedModule module, double deltaNorm, double alignmentNorm, @Nullable Comparison comparison) {
        this(module, deltaNorm, alignmentNorm, comparison, 0);
    }

    /**
     * Whether ranks cancel to such an extent that the delta is a matter of rounding: of the engine that applies it, and of whoever
     * measures it.
     */
    public boolean isIllConditioned() {
        return isIllConditioned(deltaNorm, uncertainty);
    }

    static boolean isIllConditioned(double deltaNorm, double uncertainty) {
        return uncertainty > TOLERATED * deltaNorm;
    }

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
