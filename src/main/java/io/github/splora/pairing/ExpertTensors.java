package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.StoredWeight.Piece;
import io.github.splora.storage.StoredTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A stack of experts that the checkpoint stores expert by expert: {@code gate_up_proj} as
 * {@code <experts>.<e>.gate_proj.weight} and {@code <experts>.<e>.up_proj.weight}, stacked row-wise for each e.
 */
final class ExpertTensors implements Layout {

    @Override
    public List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        String experts = module.name().substring(0, module.name().lastIndexOf('.') + 1);
        return ExpertParts.of(module.type()).stream()
                .flatMap(known -> stack(experts, known.parts(), names, checkpoint))
                .toList();
    }

    private static Stream<StoredWeight> stack(
            String experts, List<String> parts, WeightNames names, Checkpoint checkpoint) {
        List<StoredTensor> tensors =
                tensors(experts, parts, names).stream().map(checkpoint::tensor).toList();
        List<List<Long>> shapes =
                tensors.stream().map(StoredTensor::shape).distinct().toList();
        if (shapes.size() != 1 || shapes.get(0).size() != 2) {
            return Stream.empty();
        }
        List<Long> shape = List.of(
                (long) tensors.size() / parts.size(),
                parts.size() * shapes.get(0).get(0),
                shapes.get(0).get(1));
        return Stream.of(
                new StoredWeight(shape, tensors.stream().map(Piece::whole).toList()));
    }

    /** Returns the tensors of consecutive experts, up to the first expert with a missing part. */
    private static List<String> tensors(String experts, List<String> parts, WeightNames names) {
        List<String> tensors = new ArrayList<>();
        for (int e = 0; ; e++) {
            String expert = experts + e + ".";
            List<List<String>> found = parts.stream()
                    .map(part -> names.named(expert + part + ".weight"))
                    .toList();
            if (found.stream().anyMatch(candidates -> candidates.size() != 1)) {
                return tensors;
            }
            found.forEach(tensors::addAll);
        }
    }
}
