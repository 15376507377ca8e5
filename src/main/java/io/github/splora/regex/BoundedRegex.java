package io.github.splora.regex;

import io.github.splora.error.BadInputException;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression that may be hostile. Java's matcher goes through all ways to match, which can be more than
 * there are seconds in a year: {@code ((a*)*)*b} is enough. Here a match that takes too many steps, too much time or too
 * deep a stack ends in a {@link BadInputException}. Look-arounds and back references, which PEFT configs may hold, work
 * as ever.
 */
public final class BoundedRegex {

    /** Characters that one match may look at. A name of 100 characters under an honest expression takes some hundreds. */
    private static final long MAX_STEPS = 10_000_000;

    /** A short name with dots that match any character, in PEFT's frame or not: the steps are the whole of its cost. */
    private static final Pattern PLAIN = Pattern.compile("(?:\\(\\.\\*\\\\\\.\\)\\?\\()?[\\w.-]{0,1000}(?:\\)\\$)?");

    private final Pattern pattern;
    private final Allowance allowance;
    private final Function<String, BadInputException> refusal;
    private final boolean plain;

    private BoundedRegex(Pattern pattern, Allowance allowance, Function<String, BadInputException> refusal) {
        this.pattern = pattern;
        this.allowance = allowance;
        this.refusal = refusal;
        this.plain = PLAIN.matcher(pattern.pattern()).matches();
    }

    /**
     * @param expression in Java's syntax
     * @param allowance the time that its matches may take, together with those of others that share it
     * @param refusal says, given the reason, where the expression comes from
     * @throws PatternSyntaxException if it does not compile
     */
    public static BoundedRegex compile(
            String expression, Allowance allowance, Function<String, BadInputException> refusal) {
        return new BoundedRegex(Pattern.compile(expression), allowance, refusal);
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

    /** The group of that name in the match that the text begins with, if there is such a match and it has the group. */
    public Optional<String> groupAtStart(String text, String group) {
        return within(
                text, matcher -> matcher.lookingAt() ? Optional.ofNullable(matcher.group(group)) : Optional.empty());
    }

    /** @throws BadInputException if the match is too costly */
    private <T> T within(String text, Function<Matcher, T> match) {
        CountedText counted = new CountedText(text, MAX_STEPS);
        try {
            return plain
                    ? match.apply(pattern.matcher(counted))
                    : allowance.spend(() -> match.apply(pattern.matcher(counted)));
        } catch (TooCostlyException e) {
            counted.exhaust();
            throw refusal.apply(e.getMessage());
        }
    }
}
