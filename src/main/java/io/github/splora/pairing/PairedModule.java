package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.storage.StoredTensor;
import java.util.List;

/**
 * A LoRA module together with the two weights of its layer.
 *
 * @param lora the adapter's side, {@code ΔW : [out, in]}
 * @param base {@code W_base}, of the same shape as {@code aligned}
 * @param aligned {@code W_aligned}
 * @param transposed whether both store {@code [in, out]} (GPT-2's Conv1D) in place of {@code [out, in]}
 */
public record PairedModule(LoraModule lora, StoredTensor base, StoredTensor aligned, boolean transposed) {

  public String name() {
    return lora.name();
  }

  /** {@code [out, in]}, however it is stored. */
  public List<Long> shape() {
    return List.of(lora.outFeatures(), lora.inFeatures());
  }

  /** Bytes of the two weights on disk. */
  public long byteLength() {
    return base.byteLength() + aligned.byteLength();
  }
}
