package io.github.splora.regex.python;

import io.github.splora.regex.python.Node.Anchor.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses an expression by the rules of Python's {@code re} module for text patterns.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/re/_parser.py">the parser of CPython</a>
 */
final class Parser {

    /** Far deeper than any real expression; Python itself gives up at some hundreds. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_GROUPS = 1000;

    private static final int MAX_REPEATS = 10_000;

    private static final String FLAGS = "aiLmstux";

    private final PatternReader reader;
    private final Escapes escapes;
    private final SetParser sets;
    private final Map<String, Integer> names = new HashMap<>();
    private final Set<Integer> closed = new HashSet<>();
    private final Set<Integer> referenced = new HashSet<>();
    private int groups = 1;
    private int depth;
    private int lookbehinds;

    Parser(String expression) {
        reader = new PatternReader(expression);
        escapes = new Escapes(reader);
        sets = new SetParser(reader, escapes);
    }

    /** Returns the numbers of the named groups, once parsed. */
    Map<String, Integer> names() {
        return names;
    }

    Node parse() {
        Flags flags = globalFlags();
        Node node = alternatives(flags);
        if (reader.peek() != PatternReader.END) {
            throw PythonPatternException.invalid("unbalanced parenthesis", reader.position());
        }
        return node;
    }

    /** Reads flags such as {@code (?i)}, which apply to the whole expression and may stand only at its start. */
    private Flags globalFlags() {
        Flags flags = Flags.NONE;
        Set<Integer> letters = new HashSet<>();
        while (reader.peek() == '(' && reader.peek(1) == '?' && isFlag(reader.peek(2))) {
            int start = reader.position();
            reader.seek(start + 2);
            Flags changed = flagLetters(flags, letters);
            if (!reader.match(')')) {
                reader.seek(start);
                return flags;
            }
            flags = changed;
        }
        return flags;
    }

    /** @param letters receives the letters, and may hold some already */
    private Flags flagLetters(Flags flags, Set<Integer> letters) {
        Flags changed = flags;
        while (isFlag(reader.peek())) {
            int position = reader.position();
            int flag = reader.next();
            if (flag == 'x' || flag == 't' || flag == 'L') {
                throw PythonPatternException.unsupported("the flag '" + (char) flag + "'", position);
            }
            letters.add(flag);
            if (letters.contains((int) 'a') && letters.contains((int) 'u')) {
                throw PythonPatternException.invalid("incompatible flags", position);
            }
            changed = changed.with(flag, true);
        }
        return changed;
    }

    private Node alternatives(Flags flags) {
        if (++depth > MAX_DEPTH) {
            throw PythonPatternException.refused("nests more than " + MAX_DEPTH + " groups; simplify it");
        }
        List<Node> choices = new ArrayList<>();
        do {
            choices.add(sequence(flags));
        } while (reader.match('|'));
        depth--;
        return choices.size() == 1 ? choices.get(0) : new Node.Alternatives(List.copyOf(choices));
    }

    private Node sequence(Flags flags) {
        List<Node> parts = new ArrayList<>();
        for (int c = reader.peek(); c != PatternReader.END && c != '|' && c != ')'; c = reader.peek()) {
            int position = reader.position();
            reader.next();
            switch (c) {
                case '\\' -> parts.add(escape(flags, position));
                case '[' -> parts.add(sets.parse(flags));
                case '.' -> parts.add(new Node.AnyCharacter(flags.dotAll()));
                case '^' -> parts.add(new Node.Anchor(flags.multiline() ? Kind.LINE_START : Kind.START));
                case '$' -> parts.add(new Node.Anchor(flags.multiline() ? Kind.LINE_END : Kind.END));
                case '(' -> {
                    Node group = group(flags, position);
                    if (group != null) {
                        parts.add(group);
                    }
                }
                case '*', '+', '?', '{' -> quantifier(c, parts, flags, position);
                default -> parts.add(literal(c, flags, position));
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Node.Sequence(List.copyOf(parts));
    }

    private static Node literal(int codePoint, Flags flags, int position) {
        Escapes.checked(codePoint, position);
        if (!flags.ignoreCase()) {
            return new Node.Literal(codePoint);
        }
        SetBuilder set = new SetBuilder(flags);
        set.add(codePoint, codePoint, position);
        return set.build(false);
    }

    private Node escape(Flags flags, int position) {
        int letter = reader.next();
        if (letter == '0') {
            String digits = "0" + reader.take(2, PatternReader::isOctal);
            return literal(Escapes.octal(digits, position), flags, position);
        }
        if (PatternReader.isDigit(letter)) {
            return octalOrReference(letter, flags, position);
        }
        switch (letter) {
            case 'd', 'D', 's', 'S', 'w', 'W' -> {
                SetBuilder set = new SetBuilder(flags);
                set.addCategory(letter);
                return set.build(false);
            }
            case 'A' -> {
                return new Node.Anchor(Kind.START);
            }
            case 'Z' -> {
                return new Node.Anchor(Kind.VERY_END);
            }
            case 'b' -> {
                return new Node.Anchor(flags.ascii() ? Kind.ASCII_BOUNDARY : Kind.BOUNDARY);
            }
            case 'B' -> {
                return new Node.Anchor(flags.ascii() ? Kind.NO_ASCII_BOUNDARY : Kind.NO_BOUNDARY);
            }
            case 'z' -> throw PythonPatternException.unsupported("\\z, unknown to Python before 3.14,", position);
            default -> {
                return literal(escapes.character(letter, position), flags, position);
            }
        }
    }

    /** Three octal digits are a character; anything else that begins with 1 to 9 is a reference. */
    private Node octalOrReference(int first, Flags flags, int position) {
        String digits = Character.toString(first);
        if (PatternReader.isDigit(reader.peek())) {
            digits += Character.toString(reader.next());
            if (PatternReader.isOctal(first)
                    && PatternReader.isOctal(digits.charAt(1))
                    && PatternReader.isOctal(reader.peek())) {
                digits += Character.toString(reader.next());
                return literal(Escapes.octal(digits, position), flags, position);
            }
        }
        return reference(Integer.parseInt(digits), flags, position);
    }

    private Node reference(int group, Flags flags, int position) {
        if (group >= groups) {
            throw PythonPatternException.invalid("invalid group reference", position);
        }
        if (!closed.contains(group)) {
            throw PythonPatternException.invalid("reference to an open group", position);
        }
        if (flags.ignoreCase()) {
            throw PythonPatternException.unsupported("a back reference where case is ignored", position);
        }
        if (lookbehinds > 0) {
            throw PythonPatternException.unsupported("a back reference in a lookbehind", position);
        }
        referenced.add(group);
        return new Node.Reference(group);
    }

    private void quantifier(int c, List<Node> parts, Flags flags, int position) {
        int min = c == '+' ? 1 : 0;
        int max = c == '?' ? 1 : Node.UNBOUNDED;
        if (c == '{') {
            boolean empty = reader.peek() == '}';
            String low = digits();
            String high = reader.match(',') ? digits() : low;
            if (empty || !reader.match('}')) {
                reader.seek(position + 1);
                parts.add(literal('{', flags, position));
                return;
            }
            min = low.isEmpty() ? 0 : count(low, position);
            max = high.isEmpty() ? Node.UNBOUNDED : count(high, position);
            if (max < min) {
                throw PythonPatternException.invalid("minimum repeat greater than maximum", position);
            }
        }
        int last = parts.size() - 1;
        if (last < 0 || parts.get(last) instanceof Node.Anchor) {
            throw PythonPatternException.invalid("nothing to repeat", position);
        }
        Node body = parts.get(last);
        if (body instanceof Node.Repeat) {
            throw PythonPatternException.invalid("multiple repeat", position);
        }
        boolean lazy = reader.match('?');
        if (!lazy && reader.peek() == '+') {
            throw PythonPatternException.unsupported("a possessive quantifier", position);
        }
        if (max > 1 && body.least() == 0) {
            throw PythonPatternException.unsupported("a repetition of something that can be empty", position);
        }
        parts.set(last, new Node.Repeat(body, min, max, lazy));
    }

    private String digits() {
        return reader.take(Integer.MAX_VALUE, PatternReader::isDigit);
    }

    private static int count(String digits, int position) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        if (significant.length() > 9 || Integer.parseInt(significant) > MAX_REPEATS) {
            throw PythonPatternException.unsupported("more than " + MAX_REPEATS + " repetitions", position);
        }
        return Integer.parseInt(significant);
    }

    /** Parses what follows an opening parenthesis; returns null for a comment. */
    private @Nullable Node group(Flags flags, int start) {
        if (!reader.match('?')) {
            return capturing(flags, start, null);
        }
        int kind = reader.next();
        switch (kind) {
            case ':' -> {
                return new Node.Sequence(List.of(enclosed(flags, start)));
            }
            case '=', '!' -> {
                return look(false, kind == '!', flags, start);
            }
            case '<' -> {
                int direction = reader.next();
                if (direction != '=' && direction != '!') {
                    throw PythonPatternException.invalid("unknown extension ?<", start);
                }
                return look(true, direction == '!', flags, start);
            }
            case 'P' -> {
                return named(flags, start);
            }
            case '#' -> {
                skipComment(start);
                return null;
            }
            case '>' -> throw PythonPatternException.unsupported("an atomic group", start);
            case '(' -> throw PythonPatternException.unsupported("a conditional group", start);
            default -> {
                if (kind == '-' || isFlag(kind)) {
                    reader.seek(reader.position() - 1);
                    return flagged(flags, start);
                }
                throw PythonPatternException.invalid("unknown extension", start);
            }
        }
    }

    private Node flagged(Flags flags, int start) {
        Set<Integer> letters = new HashSet<>();
        Flags changed = flagLetters(flags, letters);
        if (reader.match(')')) {
            throw PythonPatternException.invalid("flags that are not at the start of the expression", start);
        }
        if (reader.match('-')) {
            boolean any = false;
            while (isFlag(reader.peek())) {
                int position = reader.position();
                int flag = reader.next();
                if ("ims".indexOf(flag) < 0 || letters.contains(flag)) {
                    throw PythonPatternException.unsupported("the flag '-" + (char) flag + "'", position);
                }
                changed = changed.with(flag, false);
                any = true;
            }
            if (!any) {
                throw PythonPatternException.invalid("missing flag", start);
            }
        }
        if (!reader.match(':')) {
            throw PythonPatternException.invalid("unknown flag", start);
        }
        return new Node.Sequence(List.of(enclosed(changed, start)));
    }

    private Node named(Flags flags, int start) {
        if (reader.match('<')) {
            return capturing(flags, start, name('>', start));
        }
        if (reader.match('=')) {
            String name = name(')', start);
            Integer group = names.get(name);
            if (group == null) {
                throw PythonPatternException.invalid("unknown group name '" + name + "'", start);
            }
            return reference(group, flags, start);
        }
        throw PythonPatternException.invalid("unknown extension ?P", start);
    }

    private String name(int terminator, int start) {
        String name = reader.take(100, c -> c == '_' || PatternReader.isAsciiLetter(c) || PatternReader.isDigit(c));
        if (name.isEmpty() || PatternReader.isDigit(name.charAt(0)) || !reader.match(terminator)) {
            throw PythonPatternException.unsupported(
                    "a group name that is not made of ASCII letters and digits", start);
        }
        return name;
    }

    private Node capturing(Flags flags, int start, @Nullable String name) {
        int number = groups++;
        if (number > MAX_GROUPS) {
            throw PythonPatternException.unsupported("more than " + MAX_GROUPS + " groups", start);
        }
        if (name != null && names.putIfAbsent(name, number) != null) {
            throw PythonPatternException.invalid("redefinition of group name '" + name + "'", start);
        }
        Node body = enclosed(flags, start);
        closed.add(number);
        return new Node.Group(number, body);
    }

    private Node look(boolean behind, boolean negative, Flags flags, int start) {
        lookbehinds += behind ? 1 : 0;
        Node body = enclosed(flags, start);
        lookbehinds -= behind ? 1 : 0;
        if (behind && (body.least() != body.most() || body.most() >= Node.UNBOUNDED)) {
            throw PythonPatternException.invalid("look-behind requires fixed-width pattern", start);
        }
        return new Node.Look(behind, negative, body);
    }

    private Node enclosed(Flags flags, int start) {
        Node body = alternatives(flags);
        if (!reader.match(')')) {
            throw PythonPatternException.invalid("missing ), unterminated subpattern", start);
        }
        return body;
    }

    private void skipComment(int start) {
        for (int c = reader.next(); c != ')'; c = reader.next()) {
            if (c == PatternReader.END) {
                throw PythonPatternException.invalid("missing ), unterminated comment", start);
            }
            if (c == '\\') {
                reader.next();
            }
        }
    }

    private static boolean isFlag(int codePoint) {
        return codePoint != PatternReader.END && FLAGS.indexOf(codePoint) >= 0;
    }

    /** Returns the groups that a reference refers to, once parsed. */
    Set<Integer> referenced() {
        return referenced;
    }
}
