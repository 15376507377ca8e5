package io.github.splora.adapter;

import io.github.splora.regex.BoundedRegex;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code rank_pattern} or {@code alpha_pattern}: values for modules whose name ends, at a dot, in what the key's
 * regular expression matches. The first key that matches decides, in the order of the config, as in PEFT's
 * {@code get_pattern_key}.
 */
final class ModulePattern<V> {

    private final Map<String, V> values;
    private final Map<String, BoundedRegex> expressions = new LinkedHashMap<>();

    ModulePattern(Map<String, V> values, Path file, String field) {
        this.values = values;
        PythonRegex regex = new PythonRegex(file);
        values.keySet().forEach(key -> {
            // First by itself: a key such as "a)|(b" is broken, although it would fit in.
            regex.compile(key, field);
            expressions.put(key, regex.compile("(.*\\.)?(", key, ")$", field));
        });
    }

    /** The value for a module, if a key matches it. */
    Optional<V> valueFor(String moduleName) {
        return values.entrySet().stream()
                .filter(entry -> matches(entry.getKey(), moduleName))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** The keys that say nothing, decisive or not, about any of the modules. */
    List<String> keysMatchingNone(Collection<String> moduleNames) {
        return values.keySet().stream()
                .filter(key -> moduleNames.stream().noneMatch(name -> matches(key, name)))
                .toList();
    }

    private boolean matches(String key, String moduleName) {
        return expressions.get(key).lookingAt(moduleName);
    }
}
