package io.github.splora.output;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Names of the hidden files and folders in which an output is prepared: not longer than file systems allow. */
final class HiddenNames {

    /** What a name may have in common file systems, in bytes. */
    private static final int LONGEST = 255;
    /** Room for the rest of a hidden name: its purpose and a UUID. */
    private static final int REST = 64;

    private HiddenNames() {}

    /** Returns the beginning of the hidden name for a file or folder; a UUID follows. */
    static String prefix(Path target, String purpose) {
        return "." + shortened(String.valueOf(target.getFileName())) + ".splora-" + purpose + "-";
    }

    /** Returns what is wrong with a path whose names are too long for file systems. */
    static Optional<String> problem(Path path) {
        for (Path part : path) {
            int length = bytes(part.toString());
            if (length > LONGEST) {
                return Optional.of("a name in this path has " + length + " bytes, more than the " + LONGEST
                        + " that file systems allow; choose a shorter one");
            }
        }
        return Optional.empty();
    }

    /** Names that share a long beginning still differ, by their hash. */
    private static String shortened(String name) {
        if (bytes(name) <= LONGEST - REST) {
            return name;
        }
        String hash = "~" + Integer.toHexString(name.hashCode());
        StringBuilder kept = new StringBuilder();
        int length = hash.length();
        for (int codePoint : name.codePoints().toArray()) {
            length += bytes(Character.toString(codePoint));
            if (length > LONGEST - REST) {
                break;
            }
            kept.appendCodePoint(codePoint);
        }
        return kept + hash;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
