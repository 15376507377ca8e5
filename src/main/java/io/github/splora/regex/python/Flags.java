package io.github.splora.regex.python;

/**
 * The flags that apply to a part of an expression.
 *
 * @param ignoreCase {@code i}
 * @param multiline {@code m}: {@code ^} and {@code $} also match at line breaks
 * @param dotAll {@code s}: {@code .} also matches a newline
 * @param ascii {@code a}: {@code \w}, {@code \d}, {@code \s} and {@code \b} know only ASCII
 */
record Flags(boolean ignoreCase, boolean multiline, boolean dotAll, boolean ascii) {

    static final Flags NONE = new Flags(false, false, false, false);

    /** Returns these flags with one turned on or off; {@code u} turns {@code a} off. */
    Flags with(int flag, boolean on) {
        return new Flags(
                flag == 'i' ? on : ignoreCase,
                flag == 'm' ? on : multiline,
                flag == 's' ? on : dotAll,
                flag == 'a' ? on : flag != 'u' && ascii);
    }
}
