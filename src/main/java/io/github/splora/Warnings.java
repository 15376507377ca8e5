package io.github.splora;

import io.github.splora.adapter.Adapter;
import java.util.List;

/** What a reader of the scores must know of an adapter beyond the numbers. */
final class Warnings {

  private Warnings() {}

  static List<String> of(Adapter adapter) {
    return adapter.config().changesBaseWeights()
        ? List.of("init_lora_weights '" + adapter.config().initialisation() + "': loading the adapter also changes the"
            + " base weights, so what a module adds is not s*BA alone; its score describes s*BA")
        : List.of();
  }
}
