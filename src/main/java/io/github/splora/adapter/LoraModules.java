package io.github.splora.adapter;

import io.github.splora.adapter.AdapterKey.Part;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorFile;
import io.github.splora.storage.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts the tensors of an adapter file together into modules, and names everything that does not fit. */
final class LoraModules {

  private final TensorFile weights;
  private final AdapterConfig config;
  private final List<Problem> problems = new ArrayList<>();

  private LoraModules(TensorFile weights, AdapterConfig config) {
    this.weights = weights;
    this.config = config;
  }

  /**
   * @return the file's modules in natural order
   * @throws BadInputException with every problem found
   */
  static List<LoraModule> of(TensorFile weights, AdapterConfig config) {
    return new LoraModules(weights, config).collect();
  }

  private List<LoraModule> collect() {
    Map<String, Map<String, AdapterKey>> tensorsByModule = new TreeMap<>(LoraModule.NATURAL_ORDER);
    Set<String> adapterNames = new TreeSet<>();
    for (String tensorName : weights.tensors().keySet()) {
      AdapterKey key = AdapterKey.parse(tensorName);
      if (key.part() != Part.OTHER) {
        tensorsByModule.computeIfAbsent(key.module(), m -> new TreeMap<>()).put(tensorName, key);
        adapterNames.add(key.adapterName());
      }
    }
    if (adapterNames.size() > 1) {
      problem(null, adapterNames, "the file mixes several adapters; save each on its own");
    }
    List<LoraModule> modules = new ArrayList<>();
    tensorsByModule.forEach((name, tensors) -> {
      LoraModule module = module(name, tensors);
      if (module != null) {
        modules.add(module);
      }
    });
    if (modules.isEmpty() && problems.isEmpty()) {
      problem(null, null, "no lora_A and lora_B tensors here; this is not a LoRA adapter");
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(problems);
    }
    return List.copyOf(modules);
  }

  /** The module, or null if its tensors do not make one up (then the problem is noted). */
  private LoraModule module(String name, Map<String, AdapterKey> tensors) {
    StoredTensor loraA = null;
    StoredTensor loraB = null;
    for (Map.Entry<String, AdapterKey> entry : tensors.entrySet()) {
      StoredTensor tensor = new StoredTensor(weights, weights.tensor(entry.getKey()));
      switch (entry.getValue().part()) {
        case LORA_A -> loraA = only(loraA, tensor);
        case LORA_B -> loraB = only(loraB, tensor);
        case LORA_EMBEDDING -> {
          return reject(tensor, "a LoRA on an embedding is not supported");
        }
        case MAGNITUDE -> {
          return reject(tensor, "a DoRA magnitude, which the config does not announce (use_dora)");
        }
        default -> { }
      }
    }
    if (loraA == null || loraB == null) {
      problem("module '" + name + "'", null, "has " + (loraA == null ? "no lora_A" : "no lora_B"));
      return null;
    }
    if (name.endsWith(".base_layer") || name.endsWith(".experts")) {
      return reject(loraA, "LoRA on parameters (mixture-of-experts tensors) is not supported");
    }
    return fits(name, loraA, loraB)
        ? new LoraModule(name, loraA, loraB, config.scalingOf(name), List.copyOf(tensors.keySet()))
        : null;
  }

  private StoredTensor only(StoredTensor earlier, StoredTensor tensor) {
    if (earlier != null) {
      problem("tensor '" + tensor.name() + "'", null, "the same matrix is there twice, also as '" + earlier.name() + "'");
    }
    return tensor;
  }

  private boolean fits(String name, StoredTensor loraA, StoredTensor loraB) {
    int before = problems.size();
    for (StoredTensor tensor : List.of(loraA, loraB)) {
      if (tensor.shape().size() == 4) {
        reject(tensor, "a LoRA on a convolution is not supported");
      } else if (tensor.shape().size() != 2) {
        reject(tensor, "a matrix is expected");
      } else if (tensor.shape().contains(0L)) {
        reject(tensor, "a matrix without elements adds nothing to any layer");
      } else if (!DType.WEIGHTS.contains(tensor.dtype())) {
        problem("tensor '" + tensor.name() + "' dtype", tensor.dtype(), "one of " + DType.WEIGHTS + " is expected");
      }
    }
    if (problems.size() == before) {
      checkRank(name, loraA.info(), loraA.shape().get(0));
      checkRank(name, loraB.info(), loraB.shape().get(1));
    }
    return problems.size() == before;
  }

  private void checkRank(String name, TensorInfo tensor, long actual) {
    int expected = config.rankOf(name);
    if (actual != expected) {
      problem("tensor '" + tensor.name() + "' shape", tensor.shape(),
          "its rank is " + actual + ", but " + AdapterConfig.FILE_NAME + " gives the module " + expected);
    }
  }

  private LoraModule reject(StoredTensor tensor, String explanation) {
    problem("tensor '" + tensor.name() + "' shape", tensor.shape(), explanation);
    return null;
  }

  private void problem(String field, Object value, String explanation) {
    problems.add(new Problem(weights.path().toString(), field, value == null ? null : value.toString(), explanation));
  }
}
