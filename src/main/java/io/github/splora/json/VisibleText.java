package io.github.splora.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.Nullable;

/**
 * Escapes in JSON, besides what JSON requires, every character that could act on a terminal: DEL, the C1 controls,
 * formatting characters such as bidirectional controls, and line separators. Characters beyond U+FFFF are escaped too,
 * since some of them are formatting characters.
 */
final class VisibleText extends CharacterEscapes {

    private static final long serialVersionUID = 1L;

    private static final int DELETE = 0x7f;

    private final int[] ascii;

    VisibleText() {
        ascii = standardAsciiEscapesForJSON();
        ascii[DELETE] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        return ascii.clone();
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> new SerializedString("\\u%04X".formatted(character));
            default -> null;
        };
    }
}
