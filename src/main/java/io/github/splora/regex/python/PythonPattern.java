package io.github.splora.regex.python;

import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A regular expression of Python, written for Java.
 *
 * @see JavaWriter
 */
public final class PythonPattern {

    private final String java;
    private final boolean cheap;
    private final boolean unicode;
    private final Map<String, Integer> groups;

    private PythonPattern(String java, boolean cheap, boolean unicode, Map<String, Integer> groups) {
        this.java = java;
        this.cheap = cheap;
        this.unicode = unicode;
        this.groups = groups;
    }

    /**
     * Parses an expression as {@code re.compile} does.
     *
     * @throws PythonPatternException if Python rejects it, or if it cannot be matched exactly as Python does
     */
    public static PythonPattern of(String expression) {
        Parser parser = new Parser(expression);
        Node node = parser.parse();
        Analysis analysis = Analysis.of(node, parser.referenced());
        Set<Integer> captured = new HashSet<>(parser.referenced());
        captured.addAll(parser.names().values());
        return new PythonPattern(
                JavaWriter.write(node, captured),
                analysis.isCheap(),
                analysis.usesUnicodeTables(),
                Map.copyOf(parser.names()));
    }

    /** Returns the same expression in Java's syntax. */
    public String java() {
        return java;
    }

    /** Whether counting the characters that a match examines also bounds its time and stack. */
    public boolean isCheap() {
        return cheap;
    }

    /** Returns the Java name of a named group. */
    public String javaGroup(String name) {
        return JavaWriter.groupName(Objects.requireNonNull(groups.get(name), name));
    }

    /** Returns why a text cannot be matched with certainty, if so. */
    public Optional<String> doubtAbout(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                return Optional.of("cannot be matched with a name that contains a character beyond U+FFFF");
            }
            if (unicode && Character.getType(c) == Character.UNASSIGNED) {
                return Optional.of("cannot be matched with a name that contains the unassigned character U+"
                        + "%04X".formatted((int) c));
            }
        }
        return Optional.empty();
    }
}
