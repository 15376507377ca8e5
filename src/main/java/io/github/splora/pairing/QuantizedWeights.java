package io.github.splora.pairing;

import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.checkpoint.Quantization;
import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the codes that a checkpoint stores instead of a module's weight. */
final class QuantizedWeights {

    private QuantizedWeights() {}

    /**
     * Returns the name of a tensor with codes.
     *
     * @param candidates the weights found for the module
     * @return empty if the weight is not quantized, or there is none
     */
    static Optional<String> find(
            String module, List<StoredWeight> candidates, WeightNames names, Checkpoint checkpoint) {
        Stream<String> found =
                candidates.stream().flatMap(StoredWeight::tensors).map(StoredTensor::name);
        Stream<String> codes = candidates.isEmpty()
                ? Stream.concat(
                                Stream.of(module),
                                ExpertParts.inStacks(module).stream().map(ExpertParts.Part::parameter))
                        .flatMap(name -> Quantization.codesOf(name).stream())
                        .flatMap(name -> names.named(name).stream())
                : Stream.empty();
        return Stream.concat(found, codes)
                .filter(tensor -> Quantization.of(checkpoint, tensor).isPresent())
                .findFirst();
    }
}
