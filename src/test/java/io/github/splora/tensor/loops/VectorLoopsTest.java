package io.github.splora.tensor.loops;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.Optional;
import java.util.function.Supplier;

/** All that is true of plain loops, of those with vectors. */
class VectorLoopsTest extends LoopKernelTest {

    @Override
    protected Supplier<TileLoops> loops() {
        Optional<Supplier<TileLoops>> vectors = Vectors.find();
        assumeThat(vectors).as("vectors of this processor").isPresent();
        return vectors.get();
    }
}
