package io.github.splora.surgery;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.ModuleNames;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
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
        Set<String> taken = endsOf(others);
        Set<String> oldSuffixes = Set.copyOf(old);
        return names.stream()
                .map(name -> shortest(name, taken, longestEnd(name, oldSuffixes)))
                .distinct()
                .toList();
    }

    /** Whether a list of {@code suffixes} would match a module of {@code names}. */
    static boolean matchAny(Collection<String> suffixes, Collection<String> names) {
        return !Collections.disjoint(endsOf(names), suffixes);
    }

    private static Set<String> endsOf(Collection<String> names) {
        return names.stream().flatMap(ModuleNames::ends).collect(Collectors.toSet());
    }

    private static int longestEnd(String name, Set<String> suffixes) {
        return ModuleNames.ends(name)
                .filter(suffixes::contains)
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    /** One regular expression, for Python's and Java's dialect, that matches just what a list of suffixes does. */
    static String asRegex(Collection<String> suffixes) {
        return suffixes.stream().map(ModuleSuffixes::escape).collect(Collectors.joining("|", "(?:.*\\.)?(?:", ")"));
    }

    /** One regular expression that matches just these whole names. */
    static String exactly(Collection<String> names) {
        return names.stream().map(ModuleSuffixes::escape).collect(Collectors.joining("|", "(?:", ")"));
    }

    private static String shortest(String name, Set<String> taken, int minLength) {
        int least = Math.max(minLength, Block.suffixFromBlock(name).length());
        return ModuleNames.ends(name)
                .filter(end -> end.length() >= least && !taken.contains(end))
                .min(Comparator.comparingInt(String::length))
                .orElse(name);
    }

    private static String escape(String name) {
        return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
    }
}
