package io.github.splora.score;

import io.github.splora.adapter.LoraModule;
import io.github.splora.measure.Comparison;
import io.github.splora.measure.Measurement;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import java.util.List;

/** Creates measurements from plain numbers, for tests that need no files. */
final class Measurements {

    private Measurements() {}

    /** A 4×4 module at {@code distance}, with cosine 0.5 and deltaNorm 2. */
    static Measurement at(String name, double distance) {
        return at(name, 4, 4, distance);
    }

    static Measurement at(String name, long out, long in, double distance) {
        return new Measurement(pair(name, out, in), 2, 3, new Comparison(distance, 0.5, 3));
    }

    static Measurement ofNorm(String name, double deltaNorm, double distance) {
        return new Measurement(pair(name, 4, 4), deltaNorm, 3, new Comparison(distance, 0.5, 3));
    }

    static Measurement withoutComparison(String name, double deltaNorm, double alignmentNorm) {
        return new Measurement(pair(name, 4, 4), deltaNorm, alignmentNorm, null);
    }

    private static PairedModule pair(String name, long out, long in) {
        LoraModule lora = LoraModule.linear(name, tensor(List.of(1L, in)), tensor(List.of(out, 1L)), 2.0, List.of());
        StoredMatrix weight = StoredMatrix.of(tensor(List.of(out, in)));
        return new PairedModule(lora, List.of(new Weights(weight, weight, false)));
    }

    private static StoredTensor tensor(List<Long> shape) {
        return new StoredTensor(null, new TensorInfo("t", DType.F32, shape, 0, 0));
    }
}
