package io.github.splora.regex.python;

import org.jspecify.annotations.Nullable;

/** Parses a character set, from behind its opening bracket. */
final class SetParser {

    private static final String OPERATORS = "-&~|";

    private final PatternReader reader;
    private final Escapes escapes;

    SetParser(PatternReader reader, Escapes escapes) {
        this.reader = reader;
        this.escapes = escapes;
    }

    /** A member: a character, or the letter of a category. */
    private record Member(int codePoint, boolean category) {}

    Node.CharacterSet parse(Flags flags) {
        int start = reader.position() - 1;
        if (reader.peek() == '[') {
            throw PythonPatternException.unsupported("a nested set ('[[')", start);
        }
        boolean negated = reader.match('^');
        SetBuilder set = new SetBuilder(flags);
        for (boolean first = true; ; first = false) {
            int position = reader.position();
            Member low = member(first, start);
            if (low == null) {
                return set.build(negated);
            }
            if (!reader.match('-')) {
                add(set, low, position);
            } else if (reader.match(']')) {
                add(set, low, position);
                set.add('-', '-', position);
                return set.build(negated);
            } else {
                addRange(set, low, position, start);
            }
        }
    }

    private void addRange(SetBuilder set, Member low, int position, int start) {
        if (reader.peek() == '-') {
            throw PythonPatternException.unsupported("a set operation ('--')", position);
        }
        Member high = member(true, start);
        if (high == null || low.category() || high.category() || high.codePoint() < low.codePoint()) {
            throw PythonPatternException.invalid("bad character range", position);
        }
        set.add(low.codePoint(), high.codePoint(), position);
    }

    private static void add(SetBuilder set, Member member, int position) {
        if (member.category()) {
            set.addCategory(member.codePoint());
        } else {
            set.add(member.codePoint(), member.codePoint(), position);
        }
    }

    /** Returns the next member; null at the closing bracket, which as the first member is a literal. */
    private @Nullable Member member(boolean first, int start) {
        int position = reader.position();
        int c = reader.next();
        if (c == PatternReader.END) {
            throw PythonPatternException.invalid("unterminated character set", start);
        }
        if (c == ']' && !first) {
            return null;
        }
        if (c == '\\') {
            return escape(position);
        }
        if (OPERATORS.indexOf(c) >= 0 && reader.peek() == c) {
            String operator = Character.toString(c).repeat(2);
            throw PythonPatternException.unsupported("a set operation ('" + operator + "')", position);
        }
        return new Member(Escapes.checked(c, position), false);
    }

    private Member escape(int position) {
        int letter = reader.next();
        if (PatternReader.isOctal(letter)) {
            String digits = Character.toString(letter) + reader.take(2, PatternReader::isOctal);
            return new Member(Escapes.octal(digits, position), false);
        }
        return switch (letter) {
            case 'd', 'D', 's', 'S', 'w', 'W' -> new Member(letter, true);
            case 'b' -> new Member('\b', false);
            default -> new Member(escapes.character(letter, position), false);
        };
    }
}
