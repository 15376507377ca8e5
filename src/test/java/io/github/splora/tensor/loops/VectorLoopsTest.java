package io.github.splora.tensor.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.splora.testing.Processor;
import java.util.Optional;
import java.util.function.Supplier;

/** Everything that holds for plain loops holds for those with vectors. */
class VectorLoopsTest extends LoopKernelTest {

    @Override
    protected Supplier<TileLoops> loops() {
        Optional<Supplier<TileLoops>> vectors = TileLoops.vectors();
        if (Processor.mustHaveVectors()) {
            assertThat(vectors).as("vectors of a processor with AVX2").isPresent();
        } else {
            assumeThat(vectors).as("vectors of this processor").isPresent();
        }
        return vectors.get();
    }
}
