package io.github.splora.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/** Reads a device as PyTorch's users write it: {@code cuda} is a GPU, in upper or lower case. Leaves other words as they are. */
final class DeviceConverter implements ITypeConverter<String> {

    private static final Pattern DEVICE = Pattern.compile("(?i)(auto|cpu|gpu|cuda)(:\\d+)?");

    @Override
    public String convert(String text) {
        Matcher device = DEVICE.matcher(text);
        return device.matches() ? text.toLowerCase(Locale.ROOT).replace("cuda", "gpu") : text;
    }
}
