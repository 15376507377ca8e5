package io.github.splora.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads memory sizes such as {@code 512M}, written as in Java's own options: a letter is a power of 1024. */
final class SizeConverter implements ITypeConverter<Long> {

    private static final Pattern SIZE = Pattern.compile("(?<count>[0-9]{1,18})(?<unit>[KMGTkmgt]?)");
    private static final String UNITS = "KMGT";

    @Override
    public Long convert(String text) {
        Matcher match = SIZE.matcher(text);
        if (!match.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is not a size: must be bytes, or a number with K, M, G or T, such as 512M");
        }
        String unit = match.group("unit").toUpperCase(Locale.ROOT);
        int bits = unit.isEmpty() ? 0 : 10 * (UNITS.indexOf(unit) + 1);
        long size = saturated(Long.parseLong(match.group("count")), bits);
        if (size == 0) {
            throw new TypeConversionException("'" + text + "' is not a size: must be more than 0 bytes");
        }
        return size;
    }

    private static long saturated(long count, int bits) {
        return count > Long.MAX_VALUE >> bits ? Long.MAX_VALUE : count << bits;
    }
}
