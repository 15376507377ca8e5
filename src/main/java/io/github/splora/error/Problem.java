package io.github.splora.error;

import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with an input, described so that a user can act on it.
 *
 * @param file the file or folder with the fault, in a form that the user recognizes
 * @param field the faulty part: a tensor name, a JSON field, an index entry; null if the whole file is meant
 * @param value the value found there; null if there is none
 * @param explanation why it is wrong and, if the user can do something, what to do
 */
public record Problem(String file, @Nullable String field, @Nullable String value, String explanation) {

    /** Cuts long texts: a name or value may have the size of its file. */
    public Problem {
        field = field == null ? null : Printable.cut(field);
        value = value == null ? null : Printable.cut(value);
        explanation = Printable.cut(explanation);
    }

    /** Returns this problem with the option that names the file in front. */
    public Problem at(String option) {
        return new Problem(option + " " + file, field, value, explanation);
    }

    /** Returns this problem with the input that it concerns in front. */
    public Problem of(String input) {
        return new Problem(input + ": " + file, field, value, explanation);
    }

    /** Returns the problem as one line: {@code file: field value: explanation}. */
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
