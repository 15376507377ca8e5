package io.github.splora.inspect;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.TargetMatcher;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.Problem;
import io.github.splora.pairing.ModulePairing;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Would PEFT load this adapter without a warning and as it is meant? From headers and configs alone. */
public final class Verification {

  private Verification() {}

  /** What is wrong with the adapter by itself. */
  public static List<Problem> problems(Adapter adapter) {
    AdapterConfig config = adapter.config();
    TargetMatcher targets = config.targets();
    List<String> names = adapter.modules().stream().map(LoraModule::name).toList();
    List<Problem> problems = new ArrayList<>();
    for (LoraModule module : adapter.modules()) {
      if (!targets.targets(module)) {
        problems.add(new Problem(config.file().toString(), "module '" + module.name() + "'", null,
            "has tensors, but target_modules and exclude_modules leave it out: PEFT would ignore them"));
      }
    }
    for (String key : config.deadPatterns(names).stream().distinct().toList()) {
      problems.add(new Problem(config.file().toString(), "rank_pattern or alpha_pattern", "'" + key + "'",
          "matches no module of the adapter: PEFT would warn"));
    }
    return problems;
  }

  /** What keeps the adapter from fitting a checkpoint. */
  public static List<Problem> problems(Adapter adapter, Checkpoint aligned) {
    List<Problem> problems =
        new ArrayList<>(ModulePairing.problems(adapter.modules(), adapter.config(), aligned));
    TargetMatcher targets = adapter.config().targets();
    Stream<String> layers = targets.namesItsTargets()
        ? ModulePairing.unpairedLayers(adapter.modules(), aligned).stream().filter(targets::targets)
        : Stream.empty();
    Stream<String> parameters =
        ModulePairing.unpairedParameters(adapter.modules(), aligned).stream().filter(targets::targetsParameter);
    Stream.concat(layers, parameters)
        .map(name -> new Problem(adapter.weights().path().toString(), "module '" + name + "'", null,
            "the config targets this layer of " + aligned.location()
                + ", but there are no tensors for it: PEFT would warn, and may compute with uninitialised memory"))
        .forEach(problems::add);
    return problems;
  }
}
