package io.github.splora.error;

/**
 * One thing that is wrong with an input, in words a user can act on.
 *
 * @param file the file or folder that holds the fault, as the user would recognise it
 * @param field the part of it: a tensor name, a JSON field, an index entry; null where the file as a whole is meant
 * @param value what stands there; null where nothing does
 * @param explanation why that is wrong and, where there is something to do, what to do
 */
public record Problem(String file, String field, String value, String explanation) {

  /** Longest part that is printed whole: a hostile file must not fill the terminal. */
  private static final int LONGEST_PART = 1000;

  /** The same problem, said of the file that an option names. */
  public Problem at(String option) {
    return new Problem(option + " " + file, field, value, explanation);
  }

  /** The problem as one line: {@code file: field value: explanation}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(printable(file));
    if (field != null) {
      line.append(": ").append(printable(field));
    }
    if (value != null) {
      line.append(field == null ? ": " : " ").append(printable(value));
    }
    return line.append(": ").append(printable(explanation)).toString();
  }

  /** Control and formatting characters become spaces: no file can move the cursor, turn text round or forge a line. */
  private static String printable(String text) {
    String oneLine = text.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]", " ");
    return oneLine.length() <= LONGEST_PART ? oneLine : oneLine.substring(0, LONGEST_PART) + "…";
  }
}
