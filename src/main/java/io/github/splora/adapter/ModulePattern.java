package io.github.splora.adapter;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A {@code rank_pattern} or {@code alpha_pattern}: a map from regular expressions to values. A key applies to a module
 * if it matches the whole name or a suffix that follows a dot. The first matching key in config order wins, as in
 * PEFT's {@code get_pattern_key}.
 */
final class ModulePattern<V> {

    private final Map<String, V> values;
    private final Map<String, NameRegex> expressions = new LinkedHashMap<>();

    ModulePattern(Map<String, V> values, Path file, String field) {
        this.values = values;
        PythonRegex regex = new PythonRegex(file);
        values.keySet().forEach(key -> {
            // Compile the key alone first: one such as "a)|(b" is invalid, but would compile inside the parentheses.
            regex.compile(key, field);
            expressions.put(key, regex.compile("(.*\\.)?(", key, ")$", field));
        });
    }

    /** Returns a module's value, if a key matches it. */
    Optional<V> valueFor(String moduleName) {
        return values.entrySet().stream()
                .filter(entry -> matches(entry.getKey(), moduleName))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Returns the keys that match none of the modules, whether or not an earlier key would take precedence. */
    List<String> keysMatchingNone(Collection<String> moduleNames) {
        return values.keySet().stream()
                .filter(key -> moduleNames.stream().noneMatch(name -> matches(key, name)))
                .toList();
    }

    private boolean matches(String key, String moduleName) {
        return Objects.requireNonNull(expressions.get(key)).lookingAt(moduleName);
    }
}
