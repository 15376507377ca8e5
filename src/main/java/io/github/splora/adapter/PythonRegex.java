package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Plural;
import io.github.splora.regex.Allowance;
import io.github.splora.regex.BoundedRegex;
import io.github.splora.regex.python.PythonPattern;
import io.github.splora.regex.python.PythonPatternException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a PEFT config's regular expressions, which match as they do in Python or are refused by name. All of them
 * share one {@link Allowance}.
 */
final class PythonRegex {

    private final Path file;
    private final Allowance allowance = new Allowance();

    /** @param file the config, for messages */
    PythonRegex(Path file) {
        this.file = file;
    }

    /**
     * @param field the config field to name if the expression is invalid or too costly to match
     * @throws BadInputException if Python rejects it, or if it cannot be matched as Python does
     */
    NameRegex compile(String expression, String field) {
        return compile("", expression, "", field);
    }

    /**
     * Compiles the expression between a prefix and a suffix, as PEFT does; messages show only what the file contains.
     *
     * @throws BadInputException if Python rejects it, or if it cannot be matched as Python does
     */
    NameRegex compile(String before, String expression, String after, String field) {
        Function<String, BadInputException> refusal = reason -> refusal(expression, field, reason, null);
        try {
            PythonPattern pattern = PythonPattern.of(before + expression + after);
            return new NameRegex(
                    pattern, BoundedRegex.compile(pattern.java(), pattern.isCheap(), allowance, refusal), refusal);
        } catch (PythonPatternException e) {
            throw refusal(expression, field, e.messageWithout(before.codePointCount(0, before.length())), e);
        } catch (PatternSyntaxException e) {
            throw refusal(expression, field, "cannot be matched: " + e.getDescription(), e);
        }
    }

    /**
     * Limits the number of a field's expressions.
     *
     * @throws BadInputException if there are more than {@code most}
     */
    void limit(long count, int most, String field) {
        if (count > most) {
            throw new BadInputException(
                    file,
                    field,
                    null,
                    "has " + Plural.grouped(count, "regular expression") + ", more than the limit of "
                            + Plural.grouped(most, "expression") + "; write plain module names instead");
        }
    }

    /** Returns the refusal of a field whose plain names take too long to compare with the modules. */
    BadInputException tooMany(long count, String field) {
        return new BadInputException(
                file,
                field,
                null,
                "has " + String.format(Locale.ROOT, "%,d", count) + Plural.choose(count, " entry", " entries")
                        + ", which take more than the limit of "
                        + String.format(Locale.ROOT, "%,d", PlainKeys.MAX_STEPS)
                        + " comparisons to match; remove those that match no module");
    }

    private BadInputException refusal(String expression, String field, String reason, @Nullable Exception cause) {
        return new BadInputException(file, field, "'" + expression + "'", reason, cause);
    }
}
