package io.github.splora.surgery;

import io.github.splora.adapter.Block;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Names modules by the end of their names, as PEFT's lists do. Each suffix starts at the block's container
 * ({@code layers.1.self_attn.q_proj}): it then survives the renaming of what is above, where a full name would not,
 * and says which block is meant, where a shorter one would not. It grows to the left only if it would also match a
 * module that is not meant.
 */
final class ModuleSuffixes {

  private ModuleSuffixes() {}

  /** Suffixes that match all of the names; none of them, if it can be avoided, matches any of {@code others}. */
  static List<String> of(Collection<String> names, Collection<String> others) {
    return of(names, others, List.of());
  }

  /** The same, none shorter than an entry of {@code old}, a list that told the module by its end so far. */
  static List<String> of(Collection<String> names, Collection<String> others, Collection<String> old) {
    return names.stream().map(name -> shortest(name, others, longestEnd(name, old))).distinct().toList();
  }

  private static int longestEnd(String name, Collection<String> suffixes) {
    return suffixes.stream()
        .filter(suffix -> matchesAny(suffix, List.of(name)))
        .mapToInt(String::length)
        .max()
        .orElse(0);
  }

  /** Whether a list with {@code suffix} in it would match a module of {@code names}. */
  static boolean matchesAny(String suffix, Collection<String> names) {
    return names.stream().anyMatch(name -> name.equals(suffix) || name.endsWith("." + suffix));
  }

  /** One regular expression, for Python's and Java's dialect, that matches just what a list of suffixes does. */
  static String asRegex(Collection<String> suffixes) {
    return suffixes.stream().map(ModuleSuffixes::escape).collect(Collectors.joining("|", "(?:.*\\.)?(?:", ")"));
  }

  /** One regular expression that matches just these whole names. */
  static String exactly(Collection<String> names) {
    return names.stream().map(ModuleSuffixes::escape).collect(Collectors.joining("|", "(?:", ")"));
  }

  private static String shortest(String name, Collection<String> others, int minLength) {
    List<Integer> starts = new ArrayList<>();
    int length = Math.max(minLength, Block.suffixFromBlock(name).length());
    for (int start = name.length() - length; start > 0; start = name.lastIndexOf('.', start - 2) + 1) {
      starts.add(start);
    }
    return starts.stream().map(name::substring)
        .filter(suffix -> !matchesAny(suffix, others))
        .findFirst()
        .orElse(name);
  }

  private static String escape(String name) {
    return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
  }
}
