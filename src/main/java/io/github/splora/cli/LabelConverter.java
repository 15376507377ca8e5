package io.github.splora.cli;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an enum constant by its label, in upper or lower case. picocli's own converter would list the Java names in its error message. */
record LabelConverter<E extends Enum<?>>(Class<E> type) implements ITypeConverter<E> {

    /** Makes the command line and all its subcommands read {@code type} by label. */
    static <E extends Enum<?>> void register(CommandLine commandLine, Class<E> type) {
        commandLine.registerConverter(type, new LabelConverter<>(type));
    }

    @Override
    public E convert(String label) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.toString().equalsIgnoreCase(label))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "'" + label + "' is not one of " + Arrays.toString(type.getEnumConstants())));
    }
}
