package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import io.github.splora.regex.Allowance;
import io.github.splora.regex.BoundedRegex;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions that a PEFT config holds for Python's {@code re}, compiled for Java; they share an allowance. */
final class PythonRegex {

    private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?P<(\\w+)>");
    private static final Pattern BACK_REFERENCE = Pattern.compile("\\(\\?P=(\\w+)\\)");

    private final Path file;
    private final Allowance allowance = new Allowance();

    /** @param file the config, for messages */
    PythonRegex(Path file) {
        this.file = file;
    }

    /** Java's group names know no underscore. */
    private static String javaName(MatchResult match) {
        return match.group(1).replace("_", "U");
    }

    /**
     * @param field the entry in the config to name if the expression is broken, or too costly to match
     * @throws BadInputException if it does not compile
     */
    BoundedRegex compile(String expression, String field) {
        return compile("", expression, "", field);
    }

    /**
     * The expression with Java's own around it, as PEFT puts Python's around it; messages show what stands in the file.
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

    private BadInputException refusal(String expression, String field, String reason, Exception cause) {
        return new BadInputException(file, field, "'" + expression + "'", reason, cause);
    }
}
