package io.github.splora.correct;

/**
 * The factor that multiplies what a filter left of an adapter: a number, or {@code (‖ΔW‖/‖ΔW'‖)^p} with the norms over all
 * deflated modules, before and after. With p = 1, the adapter is as long as before; a higher p makes it longer.
 *
 * @param factor a fixed factor, above 0; NaN to derive it
 * @param exponent p of a derived factor
 */
public record Gain(double factor, double exponent) {

    static final Gain ONE = new Gain(1, 1);

    /** Whether the factor follows from the norms. */
    public boolean isDerived() {
        return Double.isNaN(factor);
    }

    /**
     * Returns the factor; 1 if nothing is left to be multiplied.
     *
     * @param before {@code ‖ΔW‖²}
     * @param after {@code ‖ΔW'‖²}
     */
    public double of(double before, double after) {
        if (!isDerived()) {
            return factor;
        }
        return before > 0 && after > 0 ? Math.pow(before / after, exponent / 2) : 1;
    }
}
