package io.github.splora.regex.python;

/** What {@code \d}, {@code \s} and {@code \w} match, as the content of a Java character class. */
enum Category {
    DIGIT("\\p{Nd}", "0-9"),
    SPACE(
            "\\x{9}-\\x{d}\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}",
            "\\x{9}-\\x{d}\\x{20}"),
    WORD("\\p{L}\\p{N}_", "a-zA-Z0-9_");

    private final String unicode;
    private final String ascii;

    Category(String unicode, String ascii) {
        this.unicode = unicode;
        this.ascii = ascii;
    }

    String members(boolean onlyAscii) {
        return onlyAscii ? ascii : unicode;
    }

    /** Returns the category of {@code \d}, {@code \D} and so on. */
    static Category of(int letter) {
        return switch (letter) {
            case 'd', 'D' -> DIGIT;
            case 's', 'S' -> SPACE;
            case 'w', 'W' -> WORD;
            default -> throw new IllegalArgumentException(Character.toString(letter));
        };
    }
}
