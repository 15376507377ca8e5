package io.github.splora.backend;

import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Pass;
import io.github.splora.tensor.djl.TensorEngine;
import io.github.splora.tensor.loops.LoopKernel;
import java.util.Optional;
import java.util.function.Supplier;

/** Java's loops, and for the walks that they are not right for the engine, started when the first of these comes. */
public final class FallbackKernel implements Kernel {

    private final LoopKernel loops;
    private final Supplier<TensorEngine> starter;
    private TensorEngine engine;
    private Kernel ofEngine;

    public FallbackKernel(LoopKernel loops, Supplier<TensorEngine> starter) {
        this.loops = loops;
        this.starter = starter;
    }

    @Override
    public void run(Pass pass, Weights weights) {
        (LoopKernel.canAnswer(pass, weights) ? loops : ofEngine()).run(pass, weights);
    }

    /** Of the loops, since it is not known yet what will be asked; the engine takes about as much. */
    @Override
    public long workspaceBytes(Weights weights) {
        return loops.workspaceBytes(weights);
    }

    /** The engine, if it was needed. */
    public synchronized Optional<TensorEngine> engine() {
        return Optional.ofNullable(engine);
    }

    private synchronized Kernel ofEngine() {
        if (engine == null) {
            engine = starter.get();
            ofEngine = engine.kernel();
        }
        return ofEngine;
    }
}
