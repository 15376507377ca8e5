package io.github.splora.backend;

import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.tensor.loops.LoopKernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Java's loops, with the engine for the walks that they cannot answer; the first such walk starts it. */
public final class FallbackKernel implements Kernel {

    private final LoopKernel loops;
    private final Supplier<TensorEngine> starter;
    private @Nullable TensorEngine engine;
    private @Nullable Kernel ofEngine;

    public FallbackKernel(LoopKernel loops, Supplier<TensorEngine> starter) {
        this.loops = loops;
        this.starter = starter;
    }

    @Override
    public void run(Pass pass, Weights weights) {
        (LoopKernel.canAnswer(pass, weights) ? loops : ofEngine()).run(pass, weights);
    }

    @Override
    public Walks over(Weights weights, boolean keeps) {
        Walks ofLoops = loops.over(weights, keeps);
        return new Walks() {
            @Override
            public void run(Pass pass) {
                if (LoopKernel.canAnswer(pass, weights)) {
                    ofLoops.run(pass);
                } else {
                    ofEngine().run(pass, weights);
                }
            }

            @Override
            public void close() {
                ofLoops.close();
            }
        };
    }

    @Override
    public long keptBytes(Weights weights) {
        return loops.keptBytes(weights);
    }

    /** The loops' estimate: what will be asked is not known yet, and the engine needs about as much. */
    @Override
    public long workspaceBytes(Weights weights) {
        return loops.workspaceBytes(weights);
    }

    /** The engine, if a walk has needed it. */
    public synchronized Optional<TensorEngine> engine() {
        return Optional.ofNullable(engine);
    }

    private synchronized Kernel ofEngine() {
        if (ofEngine == null) {
            try {
                engine = starter.get();
            } catch (UncheckedIOException e) {
                String message = "this run needs float64, which the PyTorch engine computes: "
                        + Objects.requireNonNull(e.getCause()).getMessage();
                throw new UncheckedIOException(new IOException(message, e));
            }
            ofEngine = engine.kernel();
        }
        return ofEngine;
    }
}
