package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import io.github.splora.regex.Allowance;
import io.github.splora.regex.BoundedRegex;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Compiles a PEFT config's Python regular expressions for Java; all of them share one {@link Allowance}. */
final class PythonRegex {

    private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?P<(\\w+)>");
    private static final Pattern BACK_REFERENCE = Pattern.compile("\\(\\?P=(\\w+)\\)");

    private final Path file;
    private final Allowance allowance = new Allowance();

    /** @param file the config, for messages */
    PythonRegex(Path file) {
        this.file = file;
    }

    /** Java's group names cannot contain underscores. */
    private static String javaName(MatchResult match) {
        return match.group(1).replace("_", "U");
    }

    /**
     * @param field the config field to name if the expression is invalid or too costly to match
     * @throws BadInputException if it does not compile
     */
    BoundedRegex compile(String expression, String field) {
        return compile("", expression, "", field);
    }

    /**
     * Compiles the expression between a prefix and a suffix, as PEFT does; messages show only what the file contains.
     *
     * @throws BadInputException if it does not compile
     */
    BoundedRegex compile(String before, String expression, String after, String field) {
        try {
            String withGroups =
                    NAMED_GROUP.matcher(before + expression + after).replaceAll(match -> "(?<" + javaName(match) + ">");
            return BoundedRegex.compile(
                    BACK_REFERENCE.matcher(withGroups).replaceAll(match -> "\\\\k<" + javaName(match) + ">"),
                    allowance,
                    reason -> refusal(expression, field, reason, null));
        } catch (PatternSyntaxException e) {
            throw refusal(expression, field, "not a valid regular expression: " + e.getDescription(), e);
        }
    }

    private BadInputException refusal(String expression, String field, String reason, @Nullable Exception cause) {
        return new BadInputException(file, field, "'" + expression + "'", reason, cause);
    }
}
