package io.github.splora.select;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which modules take part: those that an include pattern matches (all, if there is none) and no exclude pattern does.
 * A pattern is {@code /regex/}, found anywhere in the module's name, or a glob ({@code *} any text, {@code ?} any
 * character) for the whole name or for what follows one of its dots: {@code q_proj}, {@code layers.1.*}.
 */
public final class ModuleFilter implements Predicate<String> {

  private final List<Predicate<String>> includes;
  private final List<Predicate<String>> excludes;

  /** @throws PatternSyntaxException if a regex is not valid */
  public ModuleFilter(List<String> includes, List<String> excludes) {
    this.includes = includes.stream().map(ModuleFilter::compile).toList();
    this.excludes = excludes.stream().map(ModuleFilter::compile).toList();
  }

  @Override
  public boolean test(String moduleName) {
    return (includes.isEmpty() || includes.stream().anyMatch(pattern -> pattern.test(moduleName)))
        && excludes.stream().noneMatch(pattern -> pattern.test(moduleName));
  }

  private static Predicate<String> compile(String pattern) {
    return pattern.length() > 1 && pattern.startsWith("/") && pattern.endsWith("/")
        ? Pattern.compile(pattern.substring(1, pattern.length() - 1)).asPredicate()
        : glob(pattern).asMatchPredicate();
  }

  private static Pattern glob(String glob) {
    StringBuilder regex = new StringBuilder("(?:.*\\.)?");
    glob.chars().forEach(c -> {
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        default -> regex.append(Pattern.quote(Character.toString(c)));
      }
    });
    return Pattern.compile(regex.toString());
  }
}
