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

    /** The same problem, said of the file that an option names. */
    public Problem at(String option) {
        return new Problem(option + " " + file, field, value, explanation);
    }

    /** The same problem, said of one of several inputs. */
    public Problem of(String input) {
        return new Problem(input + ": " + file, field, value, explanation);
    }

    /** The problem as one line: {@code file: field value: explanation}. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(Printable.text(file));
        if (field != null) {
            line.append(": ").append(Printable.text(field));
        }
        if (value != null) {
            line.append(field == null ? ": " : " ").append(Printable.text(value));
        }
        return line.append(": ").append(Printable.text(explanation)).toString();
    }
}
