package io.github.splora.pairing;

import io.github.splora.adapter.AdapterConfig;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Joins an adapter's modules with the tensors of one or more checkpoints by name and reports every mismatch at once. */
public final class ModulePairing {

  private static final String WEIGHT = ".weight";

  private final AdapterConfig config;
  private final List<Problem> problems = new ArrayList<>();

  private ModulePairing(AdapterConfig config) {
    this.config = config;
  }

  /**
   * Finds each module's base and aligned weight.
   *
   * @return in the order of {@code modules}
   * @throws BadInputException with a problem for every module that has no weight, several, or one that does not fit
   */
  public static List<PairedModule> pair(
      List<LoraModule> modules, AdapterConfig config, Checkpoint base, Checkpoint aligned) {
    ModulePairing pairing = new ModulePairing(config);
    List<StoredTensor> bases = pairing.weights(modules, base);
    List<StoredTensor> aligneds = pairing.weights(modules, aligned);
    boolean squareIsTransposed = pairing.squareIsTransposed(modules, aligneds);
    List<PairedModule> paired = new ArrayList<>();
    for (int i = 0; i < modules.size(); i++) {
      if (bases.get(i) != null && aligneds.get(i) != null) {
        paired.add(pairing.join(modules.get(i), bases.get(i), aligneds.get(i), squareIsTransposed));
      }
    }
    pairing.throwIfAny();
    return paired;
  }

  /**
   * What keeps the modules from being applied to one checkpoint; empty if nothing does.
   */
  public static List<Problem> problems(List<LoraModule> modules, AdapterConfig config, Checkpoint checkpoint) {
    ModulePairing pairing = new ModulePairing(config);
    pairing.weights(modules, checkpoint);
    return List.copyOf(pairing.problems);
  }

  /** Names of the checkpoint's linear layers (by their matrices) that no module of the adapter belongs to. */
  public static List<String> unpairedLayers(List<LoraModule> modules, Checkpoint checkpoint) {
    WeightNames names = new WeightNames(checkpoint.tensorNames());
    Set<String> paired = modules.stream()
        .flatMap(module -> names.candidates(module.name()).stream())
        .collect(Collectors.toSet());
    return checkpoint.tensorNames().stream()
        .filter(name -> name.endsWith(WEIGHT) && !paired.contains(name))
        .filter(name -> checkpoint.tensor(name).shape().size() == 2)
        .map(name -> name.substring(0, name.length() - WEIGHT.length()))
        .toList();
  }

  /** Each module's weight, null where there is none that fits (then the problem is noted). */
  private List<StoredTensor> weights(List<LoraModule> modules, Checkpoint checkpoint) {
    WeightNames names = new WeightNames(checkpoint.tensorNames());
    List<StoredTensor> weights = new ArrayList<>();
    Map<String, String> claims = new HashMap<>();
    for (LoraModule module : modules) {
      StoredTensor weight = weight(module, names.candidates(module.name()), checkpoint);
      String earlier = weight == null ? null : claims.putIfAbsent(weight.name(), module.name());
      weights.add(earlier == null
          ? weight
          : reject(checkpoint, "tensor '" + weight.name() + "'", null, "two modules of the adapter would take it for"
              + " their weight: '" + earlier + "' and '" + module.name() + "'"));
    }
    return weights;
  }

  private StoredTensor weight(LoraModule module, List<String> candidates, Checkpoint checkpoint) {
    if (candidates.size() != 1) {
      return reject(checkpoint, "module '" + module.name() + "'", candidates.isEmpty() ? null : candidates,
          candidates.isEmpty()
              ? "no tensor here is the weight of this module of the adapter"
              : "several tensors could be this module's weight");
    }
    StoredTensor weight = checkpoint.tensor(candidates.get(0));
    String field = "tensor '" + weight.name() + "'";
    if (!DType.WEIGHTS.contains(weight.dtype())) {
      return reject(checkpoint, field + " dtype", weight.dtype(),
          "only " + DType.WEIGHTS + " can be compared; use a 16- or 32-bit checkpoint");
    }
    List<Long> straight = List.of(module.outFeatures(), module.inFeatures());
    List<Long> transposed = List.of(module.inFeatures(), module.outFeatures());
    if (!weight.shape().equals(straight) && !weight.shape().equals(transposed)) {
      return reject(checkpoint, field + " shape", weight.shape(),
          "the adapter's module '" + module.name() + "' is [out, in] = " + straight
              + "; was it trained on another model?");
    }
    return weight;
  }

  private PairedModule join(LoraModule module, StoredTensor base, StoredTensor aligned, boolean squareIsTransposed) {
    if (!base.shape().equals(aligned.shape())) {
      problems.add(new Problem(aligned.file().path().toString(), "tensor '" + aligned.name() + "' shape",
          aligned.shape().toString(), "the base checkpoint has " + base.shape() + " (" + base.file().path() + ")"));
    }
    return new PairedModule(module, base, aligned, isSquare(module) ? squareIsTransposed : isTransposed(module, aligned));
  }

  /**
   * How to read a square weight, which fits both ways. PEFT corrects a wrong {@code fan_in_fan_out} when it sees the
   * layers; here their shapes are what can be seen. Where the adapter's other weights all tell the same, they decide,
   * else the flag does.
   */
  private boolean squareIsTransposed(List<LoraModule> modules, List<StoredTensor> weights) {
    Set<Boolean> seen = new HashSet<>();
    for (int i = 0; i < modules.size(); i++) {
      if (weights.get(i) != null && !isSquare(modules.get(i))) {
        seen.add(isTransposed(modules.get(i), weights.get(i)));
      }
    }
    return seen.size() == 1 ? seen.contains(true) : config.fanInFanOut();
  }

  private static boolean isSquare(LoraModule module) {
    return module.inFeatures() == module.outFeatures();
  }

  private static boolean isTransposed(LoraModule module, StoredTensor weight) {
    return weight.shape().get(0) == module.inFeatures();
  }

  private StoredTensor reject(Checkpoint checkpoint, String field, Object value, String explanation) {
    problems.add(new Problem(checkpoint.location().toString(), field, value == null ? null : value.toString(),
        explanation));
    return null;
  }

  private void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new BadInputException(problems);
    }
  }
}
