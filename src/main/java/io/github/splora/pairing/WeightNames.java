package io.github.splora.pairing;

import io.github.splora.adapter.Block;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds a module's weight among a checkpoint's tensor names. Files and models name the same layer differently (a bare
 * decoder saves no {@code model.}, Llava swaps two prefixes), so after the exact name the known prefixes are tried,
 * then the one tensor that agrees from the block's container on. Always by name, never by order or by shape.
 */
final class WeightNames {

  private record Prefix(String ofModule, String onDisk) {}

  private static final List<Prefix> PREFIXES = List.of(
      new Prefix("model.language_model.", "language_model.model."),
      new Prefix("language_model.model.", "model.language_model."),
      new Prefix("model.language_model.", "model."),
      new Prefix("language_model.model.", "model."),
      new Prefix("model.", ""),
      new Prefix("transformer.", ""),
      new Prefix("gpt_neox.", ""),
      new Prefix("bert.", ""),
      new Prefix("roberta.", ""),
      new Prefix("", "model."),
      new Prefix("", "transformer."));

  private final Set<String> names;
  private final Map<String, List<String>> namesBySuffix = new HashMap<>();

  WeightNames(Collection<String> tensorNames) {
    names = new HashSet<>(tensorNames);
    for (String name : tensorNames) {
      if (Block.of(name).isPresent()) {
        namesBySuffix.computeIfAbsent(Block.suffixFromBlock(name), suffix -> new ArrayList<>()).add(name);
      }
    }
  }

  /** Every tensor that could be the module's weight: one if the name is clear, none or several if it is not. */
  List<String> candidates(String moduleName) {
    String weight = moduleName + ".weight";
    if (names.contains(weight)) {
      return List.of(weight);
    }
    for (Prefix prefix : PREFIXES) {
      if (weight.startsWith(prefix.ofModule())) {
        String renamed = prefix.onDisk() + weight.substring(prefix.ofModule().length());
        if (names.contains(renamed)) {
          return List.of(renamed);
        }
      }
    }
    return namesBySuffix.getOrDefault(Block.suffixFromBlock(weight), List.of());
  }
}
