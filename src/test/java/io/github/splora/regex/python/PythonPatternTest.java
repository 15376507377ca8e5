package io.github.splora.regex.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected results are those of Python 3.11; {@code scripts/differential_patterns.py} compares many more. */
class PythonPatternTest {

    private static boolean matches(String expression, String text) {
        return Pattern.compile(PythonPattern.of(expression).java())
                .matcher(text)
                .lookingAt();
    }

    /** Pattern, text, and whether Python's {@code re.match} finds a match. Java's own syntax disagrees on each line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '"',
            value = {
                "a$ a\\u0085 false",
                "a$ a\\u2028 false",
                "a$ a\\r false",
                "a$ a\\n true",
                "a\\Z a\\n false",
                "a.b a\\rb true",
                "a.b a\\u2028b true",
                "a.b a\\nb false",
                "\\141 a true",
                "\\0 \\0 true",
                "x{,2}$ xx true",
                "x{,2}$ xxx false",
                "{a {a true",
                "a{1 a{1 true",
                "]} ]} true",
                "[]a]$ ] true",
                "[^]a]$ ] false",
                "[a[b]$ [ true",
                "\\d \\u0660 true",
                "\\w \\u00e9 true",
                "\\w \\u00b2 true",
                "\\s \\u00a0 true",
                "\\s \\u001c true",
                "(?a)\\w \\u00e9 false",
                "(?i)k \\u212a true",
                "(?i)[j-l] \\u212a true",
                "(?ia)k \\u212a false",
                "(?i:a)b AB false",
                "(?i:a)b Ab true",
                "(?i)a(?-i:b) AB false",
                "\\bq \\u00e9q false",
                "x\\bq xq false",
                "a(?#b\\)c)d ad true",
                "a# a false",
                "(?P<n_1>a)(?P=n_1) aa true",
                "[\\w\\W]$ ! true",
                "[^a\\W]$ b true",
                "[^a\\W]$ ! false"
            })
    void matchesAsPythonDoes(String expression, String text, boolean expected) {
        assertThat(matches(expression, unescaped(text))).isEqualTo(expected);
    }

    /** Expands the escapes of the table. */
    private static String unescaped(String text) {
        return Pattern.compile("\\\\u([0-9a-f]{4})")
                .matcher(text)
                .replaceAll(match -> Character.toString(Integer.parseInt(match.group(1), 16)))
                .translateEscapes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\h",
                "\\R",
                "\\Qa\\E",
                "\\p{L}",
                "\\G",
                "\\cA",
                "\\e",
                "\\8",
                "\\x{61}",
                "\\x6",
                "\\400",
                "\\k<n>",
                "(?<n>a)",
                "a**",
                "*a",
                "a{2,1}",
                "^*",
                "(a",
                "a)",
                "[a",
                "[b-a]",
                "[\\d-z]",
                "(?<=a+)b",
                "\\1",
                "(\\1)",
                "a(?i)",
                "(?d)a",
                "(?au)a",
                "(?P>n)",
                "(?#a",
                "a\\"
            })
    void refusesWhatPythonRejects(String expression) {
        assertThatThrownBy(() -> PythonPattern.of(expression))
                .isInstanceOf(PythonPatternException.class)
                .hasMessageStartingWith("not a valid regular expression: ")
                .hasMessageMatching(".* at position \\d+");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "[p&&[p]]; a set operation ('&&')",
                "[a--b]; a set operation ('--')",
                "[a||b]; a set operation ('||')",
                "[a~~b]; a set operation ('~~')",
                "[[a]]; a nested set ('[[')",
                "a*+; a possessive quantifier",
                "a{1,2}+; a possessive quantifier",
                "(?>a); an atomic group",
                "(a)?(?(1)b|c); a conditional group",
                "(?x)a; the flag 'x'",
                "(?L)a; the flag 'L'",
                "\\N{DASH}; a character's name (\\N)",
                "a\\z; \\z, unknown to Python before 3.14,",
                "(?i)é; a character beyond ASCII where case is ignored",
                "(?:a*)*; a repetition of something that can be empty",
                "a{20000}; more than 10000 repetitions",
                "\\ud800; half of a surrogate pair",
                "(?i)(a)\\1; a back reference where case is ignored"
            })
    void refusesByNameWhatCouldMeanSomethingElse(String expression, String construct) {
        assertThatThrownBy(() -> PythonPattern.of(expression))
                .isInstanceOf(PythonPatternException.class)
                .hasMessageStartingWith("uses " + construct + " at position ")
                .hasMessageEndingWith(", which splora cannot match as Python does; write it differently");
    }

    @Test
    void refusesAReferenceToAGroupWhoseLastMatchIsUncertain() {
        assertThatThrownBy(() -> PythonPattern.of("(?:(a)|b)+\\1"))
                .hasMessageStartingWith("refers back to a group that is repeated");
        assertThat(matches("(a)\\1$", "aa")).isTrue();
    }

    @Test
    void refusesDeepNesting() {
        assertThatThrownBy(() -> PythonPattern.of("(".repeat(100_000)))
                .hasMessage("nests more than 100 groups; simplify it");
    }

    @Test
    void doubtsNamesThatJavaSeesDifferently() {
        assertThat(PythonPattern.of("a.").doubtAbout("a\uD83D\uDE00")).isPresent();
        assertThat(PythonPattern.of("a\\w").doubtAbout("a\u0378")).isPresent();
        assertThat(PythonPattern.of("a.").doubtAbout("a\u0378")).isEmpty();
    }

    @Test
    void onlyExpressionsWhoseTimeIsBoundedByWhatTheyExamineAreCheap() {
        assertThat(PythonPattern.of("(.*\\.)?(layers\\.\\d+\\..*)$").isCheap()).isTrue();
        assertThat(PythonPattern.of("(?:ab)*").isCheap()).isFalse();
        assertThat(PythonPattern.of("(|)".repeat(30) + "a").isCheap()).isFalse();
        assertThat(PythonPattern.of("(?:)?".repeat(30) + "a").isCheap()).isFalse();
    }
}
