package io.github.splora.select;

import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.regex.Allowance;
import io.github.splora.regex.BoundedRegex;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Filters modules by name. A module passes if an include pattern matches it, or there are none, and no exclude pattern
 * matches it. A pattern is either {@code /regex/}, which may match anywhere in the name, or a glob ({@code *} matches
 * any text, {@code ?} any character), which must match the whole name or everything after one of its dots: {@code
 * q_proj}, {@code layers.1.*}.
 */
public final class ModuleFilter implements Predicate<String> {

    private final List<Predicate<String>> includes;
    private final List<Predicate<String>> excludes;

    /** @throws PatternSyntaxException if a regex is not valid */
    public ModuleFilter(List<String> includes, List<String> excludes) {
        Allowance allowance = new Allowance();
        this.includes = includes.stream()
                .map(pattern -> compile("--include", pattern, allowance))
                .toList();
        this.excludes = excludes.stream()
                .map(pattern -> compile("--exclude", pattern, allowance))
                .toList();
    }

    /**
     * Returns a filter that accepts the names that any of the patterns matches.
     *
     * @param option the option that gave the patterns, for messages
     */
    public static Predicate<String> anyOf(String option, List<String> patterns) {
        Allowance allowance = new Allowance();
        List<Predicate<String>> compiled = patterns.stream()
                .map(pattern -> compile(option, pattern, allowance))
                .toList();
        return name -> compiled.stream().anyMatch(pattern -> pattern.test(name));
    }

    /** @throws BadInputException if matching a pattern takes too much work */
    @Override
    public boolean test(String moduleName) {
        return (includes.isEmpty() || includes.stream().anyMatch(pattern -> pattern.test(moduleName)))
                && excludes.stream().noneMatch(pattern -> pattern.test(moduleName));
    }

    private static Predicate<String> compile(String option, String pattern, Allowance allowance) {
        return pattern.length() > 1 && pattern.startsWith("/") && pattern.endsWith("/")
                ? regex(option, pattern, pattern.substring(1, pattern.length() - 1), allowance)::find
                : regex(option, pattern, glob(pattern), allowance)::matches;
    }

    private static BoundedRegex regex(String option, String pattern, String expression, Allowance allowance) {
        return BoundedRegex.compile(
                expression,
                allowance,
                reason -> new BadInputException(List.of(new Problem(option, null, "'" + pattern + "'", reason))));
    }

    private static String glob(String glob) {
        StringBuilder regex = new StringBuilder("(?:.*\\.)?");
        glob.chars().forEach(c -> {
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(c)));
            }
        });
        return regex.toString();
    }
}
