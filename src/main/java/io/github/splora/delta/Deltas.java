package io.github.splora.delta;

import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.storage.Values;
import java.util.List;

/** The one place where it is decided how a module's tensors become the deltas of its matrices. */
public final class Deltas {

  private Deltas() {}

  /** Reads a module's factors; one delta for each matrix that its weight consists of. */
  public static List<Delta> of(LoraModule module) {
    return module.factors().stream().map(factors -> of(module, factors)).toList();
  }

  private static Delta of(LoraModule module, Factors factors) {
    LowRank lowRank = new LowRank(factors.a(), factors.b().scaledBy(module.scaling()));
    return module.magnitude().isPresent()
        ? new DoraDelta(lowRank, Values.of(module.magnitude().get()))
        : new LoraDelta(lowRank);
  }
}
