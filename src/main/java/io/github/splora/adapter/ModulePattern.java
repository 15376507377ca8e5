package io.github.splora.adapter;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A {@code rank_pattern} or {@code alpha_pattern}: a map from regular expressions to values. A key applies to a module
 * if it matches the whole name or a suffix that follows a dot. The first matching key in config order wins, as in
 * PEFT's {@code get_pattern_key}.
 */
final class ModulePattern<V> {

    private final List<String> keys;
    private final List<V> values;
    private final PatternList patterns;

    ModulePattern(Map<String, V> values, Path file, String field) {
        this.keys = List.copyOf(values.keySet());
        this.values = List.copyOf(values.values());
        this.patterns = PatternList.ofKeys(keys, new PythonRegex(file), field);
    }

    /** Returns a module's value, if a key matches it. */
    Optional<V> valueFor(String moduleName) {
        return patterns.first(moduleName).map(values::get);
    }

    /** Returns the keys that match none of the modules, whether or not an earlier key would take precedence. */
    List<String> keysMatchingNone(Collection<String> moduleNames) {
        BitSet matching = patterns.matchingAny(moduleNames);
        return IntStream.range(0, keys.size())
                .filter(place -> !matching.get(place))
                .mapToObj(keys::get)
                .toList();
    }
}
