package io.github.splora.regex;

import io.github.splora.error.BadInputException;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A possibly hostile regular expression. Java's matcher tries every way to match, which can take years:
 * {@code ((a*)*)*b} is enough. Here a match that takes too many steps, too much time or too deep a stack ends in a
 * {@link BadInputException}. Lookarounds and back references, which PEFT configs may contain, work as usual.
 */
public final class BoundedRegex {

    /**
     * Number of characters that one match may read. A legitimate expression reads some hundreds for a name of 100
     * characters.
     */
    private static final long MAX_STEPS = 10_000_000;

    /**
     * A short name whose dots match any character, with or without PEFT's prefix and suffix: counting steps covers its
     * whole cost.
     */
    private static final Pattern PLAIN = Pattern.compile("(?:\\(\\.\\*\\\\\\.\\)\\?\\()?[\\w.-]{0,1000}(?:\\)\\$)?");

    private final Pattern pattern;
    private final Allowance allowance;
    private final Function<String, BadInputException> refusal;
    private final boolean cheap;

    private BoundedRegex(
            Pattern pattern, boolean cheap, Allowance allowance, Function<String, BadInputException> refusal) {
        this.pattern = pattern;
        this.cheap = cheap;
        this.allowance = allowance;
        this.refusal = refusal;
    }

    /**
     * @param expression in Java's syntax
     * @param allowance the matching time, shared with the other expressions that use it
     * @param refusal creates the exception for a reason, naming the source of the expression
     * @throws PatternSyntaxException if it does not compile
     */
    public static BoundedRegex compile(
            String expression, Allowance allowance, Function<String, BadInputException> refusal) {
        return compile(expression, PLAIN.matcher(expression).matches(), allowance, refusal);
    }

    /**
     * Compiles an expression whose cost is known.
     *
     * @param cheap whether limiting the number of characters examined also limits the time and the stack
     * @throws PatternSyntaxException if it does not compile
     */
    public static BoundedRegex compile(
            String expression, boolean cheap, Allowance allowance, Function<String, BadInputException> refusal) {
        return new BoundedRegex(Pattern.compile(expression), cheap, allowance, refusal);
    }

    /** Whether the whole text matches. */
    public boolean matches(String text) {
        return within(text, Matcher::matches);
    }

    /** Whether the text begins with a match. */
    public boolean lookingAt(String text) {
        return within(text, Matcher::lookingAt);
    }

    /** Whether there is a match anywhere in the text. */
    public boolean find(String text) {
        return within(text, Matcher::find);
    }

    /**
     * Returns the named group of a match at the start of the text, if there is such a match and the group took part in
     * it.
     */
    public Optional<String> groupAtStart(String text, String group) {
        return within(
                text, matcher -> matcher.lookingAt() ? Optional.ofNullable(matcher.group(group)) : Optional.empty());
    }

    /** @throws BadInputException if the match is too costly */
    private <T> T within(String text, Function<Matcher, T> match) {
        CountedText counted = new CountedText(text, MAX_STEPS);
        try {
            return cheap
                    ? allowance.spendHere(() -> match.apply(pattern.matcher(counted)))
                    : allowance.spend(() -> match.apply(pattern.matcher(counted)));
        } catch (TooCostlyException e) {
            counted.exhaust();
            throw refusal.apply(e.getMessage());
        }
    }
}
