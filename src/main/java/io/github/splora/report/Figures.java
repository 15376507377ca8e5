package io.github.splora.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as a person reads them. */
public final class Figures {

    private Figures() {}

    /** Four decimals, or powers of ten where those would say nothing; {@code -} for none. */
    public static String number(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        double size = Math.abs(value);
        boolean isPlain = size == 0 || (size >= 1e-4 && size < 1e5);
        return String.format(Locale.ROOT, isPlain ? "%.4f" : "%.3e", value);
    }

    /** As few digits as tell values apart that lie within {@code range} of each other; {@code -} for none. */
    public static String brief(@Nullable Double value, double range) {
        if (value == null) {
            return "-";
        }
        int decimals = 2 - (int) Math.floor(Math.log10(range));
        boolean isPlain = decimals <= 4 && Math.abs(value) < 1e5;
        String text = String.format(Locale.ROOT, isPlain ? "%." + Math.max(0, decimals) + "f" : "%.0e", value);
        return text.matches("-[0.]+") ? text.substring(1) : text;
    }

    /** A share in [0, 1]; {@code -} for none. */
    public static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
