package io.github.splora.regex.python;

import io.github.splora.regex.python.Node.Anchor.Kind;
import java.util.HashSet;
import java.util.Set;

/** Facts about a parsed expression that decide whether, and how, it can be matched. */
final class Analysis {

    /** An expression of at most this many parts cannot exhaust the stack. */
    private static final int FEW = 1000;

    /** Choices that can be made without examining a character; each may double the time. */
    private static final int FEW_EMPTY_CHOICES = 8;

    private final Set<Integer> referenced;
    private int parts;
    private int emptyChoices;
    private boolean cheap = true;
    private boolean unicode;

    private Analysis(Set<Integer> referenced) {
        this.referenced = new HashSet<>(referenced);
    }

    /** @throws PythonPatternException if a reference may mean different things in Python and in Java */
    static Analysis of(Node node, Set<Integer> referenced) {
        Analysis analysis = new Analysis(referenced);
        analysis.visit(node, false);
        return analysis;
    }

    /** Whether counting the characters that a match examines also bounds its time and stack. */
    boolean isCheap() {
        return cheap && parts <= FEW && emptyChoices <= FEW_EMPTY_CHOICES;
    }

    /** Whether a match can depend on Unicode's tables, which grow with every version. */
    boolean usesUnicodeTables() {
        return unicode;
    }

    private void visit(Node node, boolean uncertain) {
        parts++;
        if (node instanceof Node.CharacterSet set) {
            unicode |= set.unicode();
        } else if (node instanceof Node.Anchor anchor) {
            unicode |= anchor.kind() == Kind.BOUNDARY || anchor.kind() == Kind.NO_BOUNDARY;
        } else if (node instanceof Node.Sequence sequence) {
            sequence.parts().forEach(part -> visit(part, uncertain));
        } else if (node instanceof Node.Alternatives alternatives) {
            if (alternatives.least() == 0) {
                emptyChoices += alternatives.choices().size();
            }
            alternatives.choices().forEach(choice -> visit(choice, uncertain));
        } else if (node instanceof Node.Group group) {
            if (uncertain && referenced.contains(group.number())) {
                throw PythonPatternException.refused("refers back to a group that is repeated or in a lookaround, which"
                        + " splora cannot match as Python does; write it differently");
            }
            visit(group.body(), uncertain);
        } else if (node instanceof Node.Repeat repeat) {
            boolean severalParts = repeat.body() instanceof Node.Sequence || repeat.body() instanceof Node.Group;
            cheap &= repeat.max() <= 1 || !severalParts;
            emptyChoices += repeat.body().least() == 0 ? 1 : 0;
            visit(repeat.body(), uncertain || repeat.max() > 1);
        } else if (node instanceof Node.Look look) {
            visit(look.body(), true);
        }
    }
}
