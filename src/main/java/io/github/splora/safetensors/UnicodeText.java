package io.github.splora.safetensors;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** What Java strings need before they are the UTF-8 text of a header. */
final class UnicodeText {

    /** By code point, which is the order of the UTF-8 bytes; that of {@link String} differs beyond U+FFFF. */
    static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private UnicodeText() {}

    /** Whether every surrogate has its other half, so that UTF-8 can say it. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (Character.getType(text.codePointAt(i)) == Character.SURROGATE) {
                return false;
            }
        }
        return true;
    }
}
