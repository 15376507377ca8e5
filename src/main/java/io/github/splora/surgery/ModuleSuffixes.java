package io.github.splora.surgery;

import io.github.splora.adapter.Block;
import io.github.splora.adapter.ModuleNames;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Identifies modules by name suffixes, as PEFT's lists do. Each suffix starts at the block's container
 * ({@code layers.1.self_attn.q_proj}): unlike a full name it survives renaming of the outer modules, and unlike a
 * shorter suffix it identifies the block. It is extended to the left only if it would also match an unintended module.
 */
final class ModuleSuffixes {

    private ModuleSuffixes() {}

    /** Returns suffixes that match all of {@code names} and, if possible, none of {@code others}. */
    static List<String> of(Collection<String> names, Collection<String> others) {
        return of(names, others, List.of());
    }

    /**
     * Returns suffixes as above, none shorter than the entry of {@code old}, the previous list, that matches the same
     * module.
     */
    static List<String> of(Collection<String> names, Collection<String> others, Collection<String> old) {
        NameEnds taken = new NameEnds(others);
        Set<String> oldSuffixes = Set.copyOf(old);
        return names.stream()
                .map(name -> shortest(name, taken, longestEnd(name, oldSuffixes)))
                .distinct()
                .toList();
    }

    /** Whether a list of {@code suffixes} would match a module of {@code names}. */
    static boolean matchAny(Collection<String> suffixes, Collection<String> names) {
        NameEnds ends = new NameEnds(names);
        return suffixes.stream().anyMatch(ends::contain);
    }

    private static int longestEnd(String name, Set<String> suffixes) {
        return ModuleNames.ends(name)
                .filter(suffixes::contains)
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    /** Returns one regular expression, valid in Python and Java, that matches exactly what a list of suffixes does. */
    static String asRegex(Collection<String> suffixes) {
        return suffixes.stream().map(ModuleSuffixes::escape).collect(Collectors.joining("|", "(?:.*\\.)?(?:", ")"));
    }

    /** Returns one regular expression that matches exactly these full names. */
    static String exactly(Collection<String> names) {
        return names.stream().map(ModuleSuffixes::escape).collect(Collectors.joining("|", "(?:", ")"));
    }

    /** Returns the shortest end that is long enough and not taken: if an end is not, no longer one is. */
    private static String shortest(String name, NameEnds taken, int minLength) {
        int least = Math.max(minLength, Block.suffixFromBlock(name).length());
        List<String> ends =
                ModuleNames.ends(name).filter(end -> end.length() >= least).toList();
        int taker = 0;
        int free = ends.size();
        while (taker < free) {
            int middle = (taker + free) >>> 1;
            if (taken.contain(ends.get(middle))) {
                free = middle;
            } else {
                taker = middle + 1;
            }
        }
        return free == 0 ? name : ends.get(free - 1);
    }

    private static String escape(String name) {
        return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
    }
}
