package io.github.splora.correct;

import io.github.splora.alignment.SafeLoraOperator;
import io.github.splora.delta.LowRank;
import io.github.splora.tensor.Pass;

/**
 * SafeLoRA's projection as published, with its operator {@code C = V Vᵀ/‖V‖}:
 *
 * <pre>B := (1 − strength)·B + strength·C B</pre>
 *
 * C is not a projection: it shrinks everything, so at full strength little of the delta is left.
 *
 * <p>Source: Hsu et al., "Safe LoRA", NeurIPS 2024 (arXiv 2405.16833), section 3.4.
 *
 * @param strength from 0, which leaves the delta unchanged, to 1
 */
record SafeLoraProjection(double strength) implements CorrectionMethod {

    @Override
    public CorrectionWalk correct(CorrectionSubject subject) {
        LowRank delta = subject.delta();
        SafeLoraOperator operator = new SafeLoraOperator(delta.b());
        return new CorrectionWalk() {
            @Override
            public boolean ask(Pass pass) {
                return operator.ask(pass);
            }

            @Override
            public LowRank corrected() {
                return new LowRank(
                        delta.a(),
                        delta.b().scaledBy(1 - strength).plus(operator.image().scaledBy(strength)),
                        delta.gramOfA());
            }
        };
    }
}
