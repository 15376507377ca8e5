package io.github.splora.sweep;

import java.nio.file.Path;

/** Measures an adapter's behavior, such as its refusals or its performance on a task. */
public interface Evaluator {

    /** Evaluates an adapter. A failure is a result, not an exception. */
    Evaluation evaluate(Path adapter);
}
