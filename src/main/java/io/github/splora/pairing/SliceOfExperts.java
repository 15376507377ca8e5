package io.github.splora.pairing;

import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.ExpertParts.Part;
import io.github.splora.pairing.StoredWeight.Piece;
import io.github.splora.storage.StoredTensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * A layer of one expert, as named by transformers 4, in a checkpoint that stacks the experts: a slice of the rows of a
 * parameter's tensor {@code [E, out, in]}.
 */
final class SliceOfExperts implements Layout {

    @Override
    public List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        return ExpertParts.inStacks(module.name()).stream()
                .flatMap(part -> ParameterTensor.tensors(part.parameter(), names).stream()
                        .flatMap(stack -> slice(checkpoint.tensor(stack), part)))
                .toList();
    }

    private static Stream<StoredWeight> slice(StoredTensor stack, Part part) {
        List<Long> shape = stack.shape();
        if (shape.size() != 3 || part.expert() >= shape.get(0) || shape.get(1) % part.count() != 0) {
            return Stream.empty();
        }
        long rows = shape.get(1) / part.count();
        long count = rows * shape.get(2);
        long first = ((long) part.expert() * part.count() + part.index()) * count;
        return Stream.of(new StoredWeight(List.of(rows, shape.get(2)), List.of(new Piece(stack, first, count))));
    }
}
