package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions that PEFT configs hold for Python's {@code re}, compiled for Java. */
final class PythonRegex {

  private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?P<(\\w+)>");
  private static final Pattern BACK_REFERENCE = Pattern.compile("\\(\\?P=(\\w+)\\)");

  private PythonRegex() {}

  /** Java's group names know no underscore. */
  private static String javaName(MatchResult match) {
    return match.group(1).replace("_", "U");
  }

  /**
   * @param file the config, and {@code field} the entry in it, to name if the expression is broken
   * @throws BadInputException if it does not compile
   */
  static Pattern compile(String expression, Path file, String field) {
    try {
      String withGroups = NAMED_GROUP.matcher(expression).replaceAll(match -> "(?<" + javaName(match) + ">");
      return Pattern.compile(
          BACK_REFERENCE.matcher(withGroups).replaceAll(match -> "\\\\k<" + javaName(match) + ">"));
    } catch (PatternSyntaxException e) {
      throw new BadInputException(file, field, "'" + expression + "'", "not a valid regular expression: "
          + e.getDescription(), e);
    }
  }
}
