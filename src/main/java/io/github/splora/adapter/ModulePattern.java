package io.github.splora.adapter;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A {@code rank_pattern} or {@code alpha_pattern}: values for modules whose name ends, at a dot, in what the key's
 * regular expression matches. The first key that matches decides, in the order of the config, as in PEFT's
 * {@code get_pattern_key}.
 */
final class ModulePattern<V> {

  private final Map<String, V> values;
  private final Map<String, Pattern> expressions = new LinkedHashMap<>();

  ModulePattern(Map<String, V> values, Path file, String field) {
    this.values = values;
    values.keySet().forEach(key -> {
      // First by itself, so that a message shows what stands in the file.
      PythonRegex.compile(key, file, field);
      expressions.put(key, PythonRegex.compile("(.*\\.)?(" + key + ")$", file, field));
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
    return expressions.get(key).matcher(moduleName).lookingAt();
  }
}
