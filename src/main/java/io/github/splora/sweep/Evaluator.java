package io.github.splora.sweep;

import java.nio.file.Path;

/** Measures an adapter on something that matters: refusals, a task. */
public interface Evaluator {

    /** A failure is a result, not an exception. */
    Evaluation evaluate(Path adapter);
}
