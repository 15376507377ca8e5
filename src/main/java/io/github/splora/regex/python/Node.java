package io.github.splora.regex.python;

import java.util.List;

/** A part of a parsed expression, with its flags already applied. Widths count characters, as Python's do. */
sealed interface Node {

    /** The upper bound of {@code *} and {@code +}, and the width of what has no bound. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** The smallest number of characters that this part can match. */
    long least();

    /** The largest number of characters that this part can match; at least {@link #UNBOUNDED} if there is none. */
    long most();

    /** A part that matches one character. */
    sealed interface OneCharacter extends Node {
        @Override
        default long least() {
            return 1;
        }

        @Override
        default long most() {
            return 1;
        }
    }

    /** One character, exactly. */
    record Literal(int codePoint) implements OneCharacter {}

    /** {@code .} */
    record AnyCharacter(boolean newlineToo) implements OneCharacter {}

    /**
     * One character of a set.
     *
     * @param members the content of a Java character class, without brackets; may be empty
     * @param excepts contents of Java character classes whose complements also belong to the set ({@code \W} and such)
     * @param unicode whether membership depends on Unicode's tables
     */
    record CharacterSet(boolean negated, String members, List<String> excepts, boolean unicode)
            implements OneCharacter {}

    /** Parts that follow each other. */
    record Sequence(List<Node> parts) implements Node {
        @Override
        public long least() {
            return parts.stream().mapToLong(Node::least).sum();
        }

        @Override
        public long most() {
            return parts.stream().mapToLong(Node::most).reduce(0, Node::bounded);
        }
    }

    /** {@code a|b|c} */
    record Alternatives(List<Node> choices) implements Node {
        @Override
        public long least() {
            return choices.stream().mapToLong(Node::least).min().orElse(0);
        }

        @Override
        public long most() {
            return choices.stream().mapToLong(Node::most).max().orElse(0);
        }
    }

    /** A capturing group. */
    record Group(int number, Node body) implements Node {
        @Override
        public long least() {
            return body.least();
        }

        @Override
        public long most() {
            return body.most();
        }
    }

    /** A quantifier. */
    record Repeat(Node body, int min, int max, boolean lazy) implements Node {
        @Override
        public long least() {
            return Math.min(body.least() * min, UNBOUNDED);
        }

        @Override
        public long most() {
            return Math.min(body.most() * max, UNBOUNDED);
        }
    }

    /** A lookahead or lookbehind. */
    record Look(boolean behind, boolean negative, Node body) implements Node {
        @Override
        public long least() {
            return 0;
        }

        @Override
        public long most() {
            return 0;
        }
    }

    /** A position: {@code ^}, {@code $}, {@code \A}, {@code \Z}, {@code \b}, {@code \B}. */
    record Anchor(Kind kind) implements Node {

        enum Kind {
            START,
            LINE_START,
            END,
            LINE_END,
            VERY_END,
            BOUNDARY,
            NO_BOUNDARY,
            ASCII_BOUNDARY,
            NO_ASCII_BOUNDARY
        }

        @Override
        public long least() {
            return 0;
        }

        @Override
        public long most() {
            return 0;
        }
    }

    /** A reference to what a group matched. */
    record Reference(int group) implements Node {
        @Override
        public long least() {
            return 0;
        }

        @Override
        public long most() {
            return UNBOUNDED;
        }
    }

    private static long bounded(long a, long b) {
        return Math.min(a + b, UNBOUNDED);
    }
}
