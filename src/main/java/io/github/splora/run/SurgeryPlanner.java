package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LoraModule;
import io.github.splora.client.AdapterContent;
import io.github.splora.client.ModelLayers;
import io.github.splora.correct.ConfinedDelta;
import io.github.splora.correct.RecordedInputs;
import io.github.splora.correct.TaskAgreement;
import io.github.splora.delta.Deltas;
import io.github.splora.error.BadInputException;
import io.github.splora.surgery.Action;
import io.github.splora.surgery.Rewrite;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans what is done to one adapter: settles what a surgery leaves to splora, and finds the layers that become modules. Several plans
 * for the same adapter share what they need to find out.
 */
final class SurgeryPlanner {

    private final Adapter adapter;
    private final RunInputs inputs;
    private final Map<Action, Optional<BadInputException>> misfits = new HashMap<>();
    private @Nullable Widening linear;
    private @Nullable TaskAgreement agreement;

    SurgeryPlanner(Adapter adapter, RunInputs inputs) {
        this.adapter = adapter;
        this.inputs = inputs;
    }

    /**
     * Returns the plan for a surgery. Linear layers that the adapter leaves alone become modules if the user wants that, or if splora
     * may choose and it is possible.
     */
    SurgeryPlan plan(Surgery surgery) {
        Surgery settled = surgery.settledFor(adapter)
                .weighted(cosine -> agreement(surgery).weightFor(cosine));
        SurgeryPlan plain = new SurgeryPlan(settled, Widening.none(adapter), false, List.of());
        if (!settled.restoresLinear()) {
            return plain;
        }
        if (surgery.restoresLinear()) {
            return new SurgeryPlan(settled, linear(), false, List.of());
        }
        SurgeryPlan optional = new SurgeryPlan(settled, Widening.none(adapter), true, List.of());
        Optional<BadInputException> misfit =
                misfits.computeIfAbsent(settled.planned(inputs.options().client()), this::misfit);
        if (misfit.isPresent()) {
            return optional.withoutLinear(misfit.get());
        }
        ScoreOptions options = inputs.options();
        return linear().layers().isEmpty()
                ? optional.withoutLinear(
                        !options.include().isEmpty() || !options.exclude().isEmpty())
                : new SurgeryPlan(settled, linear(), true, List.of());
    }

    /** Returns why the action cannot be applied to the linear layers. */
    private Optional<BadInputException> misfit(Action action) {
        try {
            requireFit(action, inputs, linear());
            return Optional.empty();
        } catch (BadInputException e) {
            return Optional.of(e);
        }
    }

    private TaskAgreement agreement(Surgery surgery) {
        if (agreement == null) {
            surgery.planned(inputs.options().client()).requireApplicable(adapter);
            agreement = inputs.modules(adapter)
                    .map(this::confined)
                    .map(ConfinedDelta::agreement)
                    .reduce(TaskAgreement.NONE, TaskAgreement::plus);
        }
        return agreement;
    }

    private ConfinedDelta confined(LoraModule module) {
        RecordedInputs recorded = inputs.calibration().orElseThrow();
        return new ConfinedDelta(
                Deltas.lowRank(module).get(0), recorded.of(module.name(), Math.toIntExact(module.inFeatures())));
    }

    private Widening linear() {
        if (linear == null) {
            linear = Widening.of(adapter, inputs.aligned(), inputs.options());
        }
        return linear;
    }

    /**
     * Checks, before anything is scored, that the action suits the adapter and that the client can load the adapter.
     *
     * @throws BadInputException if not
     */
    static void requireFit(Action action, RunInputs inputs, Widening widening) {
        Adapter widened = widening.widened();
        action.requireApplicable(widened);
        requireLoadable(inputs, widened, widening.targeted(action.preview(widened)));
    }

    /** @throws BadInputException if the client cannot load the adapter */
    static AdapterContent requireLoadable(RunInputs inputs, Adapter adapter, Rewrite rewrite) {
        AdapterContent content = AdapterContent.of(adapter, rewrite);
        inputs.options().client().requireLoadable(content, ModelLayers.of(inputs.aligned(), adapter.modules()));
        return content;
    }
}
