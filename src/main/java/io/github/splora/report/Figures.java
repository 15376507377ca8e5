package io.github.splora.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats numbers for people. */
public final class Figures {

    private Figures() {}

    /**
     * Formats with four decimals, or in scientific notation if the value is too small or too large; {@code -} for null.
     */
    public static String number(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        double size = Math.abs(value);
        boolean isPlain = size == 0 || (size >= 1e-4 && size < 1e5);
        return String.format(Locale.ROOT, isPlain ? "%.4f" : "%.3e", value);
    }

    /** Formats with just enough digits to distinguish values in a range of width {@code range}; {@code -} for null. */
    public static String brief(@Nullable Double value, double range) {
        if (value == null) {
            return "-";
        }
        int decimals = 2 - (int) Math.floor(Math.log10(range));
        boolean isPlain = decimals <= 4 && Math.abs(value) < 1e5;
        String text = String.format(Locale.ROOT, isPlain ? "%." + Math.max(0, decimals) + "f" : "%.0e", value);
        return text.matches("-[0.]+") ? text.substring(1) : text;
    }

    /** Formats a share in [0, 1] as a percentage; {@code -} for null. */
    public static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }
}
