package io.github.splora.cli;

import java.math.BigDecimal;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a share, {@code 0.2} or {@code 20%}. */
final class ShareConverter implements ITypeConverter<Double> {

    private static final String PERCENT = "%";

    @Override
    public Double convert(String text) {
        try {
            return Double.valueOf(isPercentage(text) ? asNumber(text) : text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a number or a percentage");
        }
    }

    static boolean isPercentage(String text) {
        return text.strip().endsWith(PERCENT);
    }

    /** Returns a percentage as a number: {@code 0.2} for {@code 20%}. */
    static String asNumber(String percentage) {
        String number = percentage.strip();
        return new BigDecimal(
                        number.substring(0, number.length() - PERCENT.length()).strip())
                .movePointLeft(2)
                .toPlainString();
    }
}
