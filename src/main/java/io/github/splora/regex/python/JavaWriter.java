package io.github.splora.regex.python;

import io.github.splora.regex.python.Node.Anchor.Kind;
import java.util.Set;

/**
 * Writes a parsed expression for Java. It uses only what both dialects agree on: characters by number, sets without
 * nesting, groups, alternatives, quantifiers, lookarounds, and the very start and end.
 */
final class JavaWriter {

    private final StringBuilder java = new StringBuilder();
    private final Set<Integer> captured;

    private JavaWriter(Set<Integer> captured) {
        this.captured = captured;
    }

    /** @param captured the groups whose content is needed */
    static String write(Node node, Set<Integer> captured) {
        JavaWriter writer = new JavaWriter(captured);
        writer.append(node);
        return writer.java.toString();
    }

    /** Returns a character in a form that means itself inside and outside a Java character class. */
    static String character(int codePoint) {
        boolean plain = PatternReader.isAsciiLetter(codePoint) || PatternReader.isDigit(codePoint) || codePoint == '_';
        return plain ? Character.toString(codePoint) : "\\x{" + Integer.toHexString(codePoint) + "}";
    }

    /** Returns the name of a group, which Java restricts to letters and digits. */
    static String groupName(int number) {
        return "g" + number;
    }

    private void append(Node node) {
        if (node instanceof Node.Literal literal) {
            java.append(character(literal.codePoint()));
        } else if (node instanceof Node.AnyCharacter any) {
            java.append(any.newlineToo() ? "[\\x{0}-\\x{10ffff}]" : "[^\\x{a}]");
        } else if (node instanceof Node.CharacterSet set) {
            append(set);
        } else if (node instanceof Node.Sequence sequence) {
            sequence.parts().forEach(part -> {
                boolean split = part instanceof Node.Alternatives;
                java.append(split ? "(?:" : "");
                append(part);
                java.append(split ? ")" : "");
            });
        } else if (node instanceof Node.Alternatives alternatives) {
            String between = "";
            for (Node choice : alternatives.choices()) {
                java.append(between);
                append(choice);
                between = "|";
            }
        } else if (node instanceof Node.Group group) {
            java.append(captured.contains(group.number()) ? "(?<" + groupName(group.number()) + ">" : "(?:");
            append(group.body());
            java.append(')');
        } else if (node instanceof Node.Repeat repeat) {
            append(repeat);
        } else if (node instanceof Node.Look look) {
            java.append(look.behind() ? "(?<" : "(?").append(look.negative() ? '!' : '=');
            append(look.body());
            java.append(')');
        } else if (node instanceof Node.Anchor anchor) {
            java.append(position(anchor.kind()));
        } else if (node instanceof Node.Reference reference) {
            java.append("\\k<").append(groupName(reference.group())).append('>');
        }
    }

    private void append(Node.Repeat repeat) {
        boolean single = isSingle(repeat.body());
        java.append(single ? "" : "(?:");
        append(repeat.body());
        java.append(single ? "" : ")");
        String quantifier = "{" + repeat.min() + "," + (repeat.max() == Node.UNBOUNDED ? "" : repeat.max()) + "}";
        java.append(
                switch (quantifier) {
                    case "{0,}" -> "*";
                    case "{1,}" -> "+";
                    case "{0,1}" -> "?";
                    default -> quantifier;
                });
        java.append(repeat.lazy() ? "?" : "");
    }

    private static boolean isSingle(Node node) {
        return node instanceof Node.Literal
                || node instanceof Node.AnyCharacter
                || (node instanceof Node.CharacterSet set && set.excepts().isEmpty());
    }

    private void append(Node.CharacterSet set) {
        if (set.excepts().isEmpty()) {
            java.append(set.negated() ? "[^" : "[").append(set.members()).append(']');
            return;
        }
        java.append(set.negated() ? "(?:(?!" : "(?:");
        String between = "";
        if (!set.members().isEmpty()) {
            java.append('[').append(set.members()).append(']');
            between = "|";
        }
        for (String except : set.excepts()) {
            java.append(between).append("[^").append(except).append(']');
            between = "|";
        }
        java.append(set.negated() ? ")[\\x{0}-\\x{10ffff}])" : ")");
    }

    private static String position(Kind kind) {
        return switch (kind) {
            case START -> "\\A";
            case LINE_START -> "(?:\\A|(?<=\\x{a}))";
            case END -> "(?=\\x{a}?\\z)";
            case LINE_END -> "(?=\\x{a}|\\z)";
            case VERY_END -> "\\z";
            case BOUNDARY -> boundary(false);
            case ASCII_BOUNDARY -> boundary(true);
            case NO_BOUNDARY -> noBoundary(false);
            case NO_ASCII_BOUNDARY -> noBoundary(true);
        };
    }

    private static String boundary(boolean ascii) {
        String word = "[" + Category.WORD.members(ascii) + "]";
        return "(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))";
    }

    /** Not in an empty text: there, Python before 3.14 finds neither {@code \b} nor {@code \B}. */
    private static String noBoundary(boolean ascii) {
        return "(?!" + boundary(ascii) + "|\\A\\z)";
    }
}
