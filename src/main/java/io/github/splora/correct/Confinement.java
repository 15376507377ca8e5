package io.github.splora.correct;

import io.github.splora.delta.LowRank;

/**
 * Confines the delta to the task: it keeps what the delta does to inputs of the task, and takes away what it does to other
 * requests. {@link ConfinedDelta} has the formula. V has no part in this.
 *
 * @param inputs the recorded inputs
 * @param weight how much more the other requests count than the task, at least 0
 */
record Confinement(RecordedInputs inputs, double weight) implements CorrectionMethod {

    @Override
    public CorrectionWalk correct(CorrectionSubject subject) {
        LowRank delta = subject.delta();
        return CorrectionWalk.withoutWeights(() ->
                new ConfinedDelta(delta, inputs.of(subject.module(), delta.a().columns())).at(weight));
    }
}
