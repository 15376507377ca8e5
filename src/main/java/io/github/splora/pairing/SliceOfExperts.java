package io.github.splora.pairing;

import io.github.splora.adapter.LayerKind.Dimensions;
import io.github.splora.adapter.LoraModule;
import io.github.splora.checkpoint.Checkpoint;
import io.github.splora.pairing.ExpertParts.Part;
import io.github.splora.pairing.StoredWeight.Piece;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TransposedFile;
import java.util.List;
import java.util.stream.Stream;

/**
 * A layer of one expert, as named by transformers 4, in a checkpoint that stacks the experts: a slice of the rows of a
 * parameter's tensor {@code [E, out, in]}.
 */
final class SliceOfExperts implements Layout {

    @Override
    public List<StoredWeight> find(LoraModule module, WeightNames names, Checkpoint checkpoint) {
        Dimensions d = module.dimensions();
        return ExpertParts.inStacks(module.name()).stream()
                .flatMap(part -> ParameterTensor.tensors(part.parameter(), names).stream()
                        .map(checkpoint::tensor)
                        .map(stack -> upright(stack, part, d, TransposedExperts.areIn(checkpoint)))
                        .flatMap(stack -> slice(stack, part)))
                .toList();
    }

    /** Returns a stack {@code [E, in, out]} as {@code [E, out, in]}; the type of model decides if both fit. */
    private static StoredTensor upright(StoredTensor stack, Part part, Dimensions d, boolean isTransposedByType) {
        if (stack.shape().size() != 3 || stack.dtype().bits() <= Byte.SIZE) {
            return stack;
        }
        List<Long> matrix = stack.shape().subList(1, 3);
        boolean fits = matrix.equals(List.of(part.count() * d.out(), d.in()));
        boolean fitsTransposed = matrix.equals(List.of(d.in(), part.count() * d.out()));
        return fitsTransposed && (!fits || isTransposedByType) ? TransposedFile.of(stack) : stack;
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
