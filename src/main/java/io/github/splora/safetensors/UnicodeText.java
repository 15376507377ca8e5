package io.github.splora.safetensors;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** Checks and orders Java strings for a header's UTF-8 text. */
final class UnicodeText {

    /** Compares by code point, the order of the UTF-8 bytes; {@link String}'s order differs beyond U+FFFF. */
    static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private UnicodeText() {}

    /** Whether every surrogate is paired, so that UTF-8 can encode the text. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (Character.getType(text.codePointAt(i)) == Character.SURROGATE) {
                return false;
            }
        }
        return true;
    }
}
