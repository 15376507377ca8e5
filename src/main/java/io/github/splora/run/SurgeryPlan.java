package io.github.splora.run;

import io.github.splora.error.BadInputException;
import io.github.splora.surgery.ActionParameter;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What is done to one adapter.
 *
 * @param surgery the surgery; of its parameters, only the gain may still be {@code auto}
 * @param widening the layers that become modules
 * @param isOptional whether splora chose to restore these layers, and therefore leaves them alone if that turns out to be impossible
 * @param warnings why layers are not restored that {@code auto} would restore
 */
record SurgeryPlan(Surgery surgery, Widening widening, boolean isOptional, List<String> warnings) {

    /**
     * Returns the plan that leaves the layers alone, because there is nothing to restore in them.
     *
     * @param isExpected whether the user's patterns leave out the layers, so that it needs no warning
     */
    SurgeryPlan withoutLinear(boolean isExpected) {
        return withoutLinear(isExpected ? List.of() : List.of("there are none that alignment changed"));
    }

    /**
     * Returns the plan that leaves the layers alone, because restoring them fails.
     *
     * @throws BadInputException the same, if the user chose to restore them
     */
    SurgeryPlan withoutLinear(BadInputException failure) {
        if (!isOptional) {
            throw failure;
        }
        return withoutLinear(List.of(
                "'--restore-modules linear' fails: " + failure.problems().get(0)));
    }

    /**
     * Does what is planned; leaves the layers alone if splora chose to restore them and that is impossible, or leaves nothing in them.
     *
     * @param attempt does what a plan says
     * @param widening returns the layers that have become modules
     */
    <T> T carryOut(Set<String> selected, Function<SurgeryPlan, T> attempt, Function<T, Widening> widening) {
        if (!isOptional || selected.isEmpty()) {
            return attempt.apply(this);
        }
        SurgeryPlan less;
        try {
            T done = attempt.apply(this);
            if (!widening.apply(done).layers().isEmpty()) {
                return done;
            }
            less = withoutLinear(false);
        } catch (BadInputException e) {
            less = withoutLinear(e);
        }
        return attempt.apply(less);
    }

    private SurgeryPlan withoutLinear(List<String> reasons) {
        return new SurgeryPlan(
                surgery.with(ActionParameter.RESTORE_MODULES, ActionParameter.ADAPTER),
                Widening.none(widening.adapter()),
                false,
                reasons.stream()
                        .map(reason -> "linear layers around the adapter's modules were not restored: " + reason)
                        .toList());
    }
}
