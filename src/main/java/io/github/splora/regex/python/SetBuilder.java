package io.github.splora.regex.python;

import java.util.ArrayList;
import java.util.List;

/** Collects the members of a character set, under the flags in force. */
final class SetBuilder {

    private static final int MAX_ASCII = 0x7f;

    private final Flags flags;
    private final StringBuilder members = new StringBuilder();
    private final List<String> excepts = new ArrayList<>();
    private boolean unicode;

    SetBuilder(Flags flags) {
        this.flags = flags;
    }

    /**
     * Adds the characters from {@code low} to {@code high}. Where case is ignored, these are the characters whose lower
     * case, or an equivalent of it in Python's tables, is the lower case of one of them.
     */
    void add(int low, int high, int position) {
        range(low, high);
        if (!flags.ignoreCase()) {
            return;
        }
        if (high > MAX_ASCII) {
            throw PythonPatternException.unsupported("a character beyond ASCII where case is ignored", position);
        }
        for (int c = low; c <= high; c++) {
            if (PatternReader.isAsciiLetter(c)) {
                range(c ^ 0x20, c ^ 0x20);
                addEquivalents(c | 0x20);
            }
        }
    }

    /** The letters beyond ASCII that Python takes for an ASCII letter where case is ignored. */
    private void addEquivalents(int lower) {
        if (flags.ascii()) {
            return;
        }
        switch (lower) {
            case 'i' -> {
                range(0x130, 0x131);
            }
            case 'k' -> range(0x212a, 0x212a);
            case 's' -> range(0x17f, 0x17f);
            default -> {}
        }
    }

    /** Adds {@code \d} and such, or with an upper-case letter the characters outside. */
    void addCategory(int letter) {
        unicode |= !flags.ascii();
        String content = Category.of(letter).members(flags.ascii());
        if (Character.isUpperCase(letter)) {
            excepts.add(content);
        } else {
            members.append(content);
        }
    }

    Node.CharacterSet build(boolean negated) {
        return new Node.CharacterSet(negated, members.toString(), List.copyOf(excepts), unicode);
    }

    private void range(int low, int high) {
        members.append(JavaWriter.character(low));
        if (high > low) {
            members.append('-').append(JavaWriter.character(high));
        }
    }
}
