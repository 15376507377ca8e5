package io.github.splora.adapter;

import io.github.splora.error.BadInputException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions that PEFT configs hold for Python's {@code re}, compiled for Java. */
final class PythonRegex {

  private PythonRegex() {}

  /**
   * @param file the config, and {@code field} the entry in it, to name if the expression is broken
   * @throws BadInputException if it does not compile
   */
  static Pattern compile(String expression, Path file, String field) {
    try {
      return Pattern.compile(expression.replace("(?P<", "(?<").replaceAll("\\(\\?P=(\\w+)\\)", "\\\\k<$1>"));
    } catch (PatternSyntaxException e) {
      throw new BadInputException(file, field, "'" + expression + "'", "not a valid regular expression: "
          + e.getDescription(), e);
    }
  }
}
