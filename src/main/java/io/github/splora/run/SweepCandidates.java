package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.correct.Correction;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.error.BadInputException;
import io.github.splora.score.ModuleScore;
import io.github.splora.score.Scheme;
import io.github.splora.select.Decision;
import io.github.splora.select.Selection;
import io.github.splora.surgery.Action;
import io.github.splora.surgery.ActionKind;
import io.github.splora.surgery.ConfigStyle;
import io.github.splora.surgery.CorrectedFactors;
import io.github.splora.surgery.Rewrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Prepares all candidates in one pass over the checkpoints, so that each is ready to be written. */
final class SweepCandidates {

    private final Adapter adapter;
    private final ScoreOptions options;
    private final RunInputs inputs;
    private final Map<Scheme, Scored> scored = new LinkedHashMap<>();
    private final CorrectedModules corrected = new CorrectedModules();
    private final Map<Surgery, SurgeryPlan> plans = new HashMap<>();

    /** @throws BadInputException if a candidate's action cannot be applied to the adapter */
    SweepCandidates(SweepOptions options, RunInputs inputs, Progress progress) {
        this.adapter = inputs.adapters().get(0).adapter();
        this.options = options.inputs();
        this.inputs = inputs;
        List<Candidate> all = Stream.concat(options.candidates().stream(), options.search().stream())
                .toList();
        SurgeryPlanner planner = new SurgeryPlanner(adapter, inputs);
        for (Candidate candidate : all) {
            Action action = action(candidate);
            action.requireApplicable(adapter);
            inputs.requireRecorded(candidate.surgery().action(), adapter);
            SurgeryPlan plan = plans.computeIfAbsent(candidate.surgery(), planner::plan);
            action.requireApplicable(plan.widening().widened());
        }
        List<CorrectionRequest> corrections = corrected.requests(all.stream()
                .flatMap(candidate -> correction(candidate).stream())
                .toList());
        List<Scheme> schemes = new ArrayList<>(
                new LinkedHashSet<>(all.stream().map(Candidate::scheme).toList()));
        List<List<Scored>> results = new Scoring(inputs, progress).run(schemes, corrections);
        for (int i = 0; i < schemes.size(); i++) {
            scored.put(schemes.get(i), results.get(i).get(0));
        }
        restoreLinear(all, progress);
    }

    /** Computes what is restored in linear layers, for all candidates at once. */
    private void restoreLinear(List<Candidate> all, Progress progress) {
        List<Candidate> wide = all.stream()
                .filter(candidate -> !plan(candidate).widening().layers().isEmpty())
                .toList();
        if (wide.isEmpty()) {
            return;
        }
        try {
            new Scoring(inputs, progress)
                    .correct(
                            plan(wide.get(0)).widening().pairs(inputs.base(), inputs.aligned()),
                            corrected.additions(wide.stream()
                                    .flatMap(candidate -> correction(candidate).stream())
                                    .toList()));
        } catch (BadInputException e) {
            plans.replaceAll((surgery, plan) -> plan.widening().layers().isEmpty() ? plan : plan.withoutLinear(e));
        }
    }

    private SurgeryPlan plan(Candidate candidate) {
        return Objects.requireNonNull(plans.get(candidate.surgery()));
    }

    /**
     * A prepared candidate.
     *
     * @param candidate the candidate; null for the unchanged adapter
     * @param scored the scores that its decisions are based on; null for the unchanged adapter
     * @param decisions its decisions; empty for the unchanged adapter
     * @param widening the layers that become modules
     * @param rewrite the rewritten adapter; null if it cannot be made
     * @param failure why it cannot be made; null if it can
     * @param correction what its action computes; empty if it computes nothing, or the candidate cannot be made
     * @param warnings why less is restored than {@code auto} would restore, and whether a filter left little
     */
    record Made(
            @Nullable Candidate candidate,
            @Nullable Scored scored,
            List<Decision> decisions,
            Widening widening,
            @Nullable Rewrite rewrite,
            @Nullable String failure,
            Optional<Correction> correction,
            List<String> warnings) {

        Set<String> selected() {
            return Decision.selectedNames(decisions);
        }

        String options() {
            return candidate == null ? "" : candidate.options();
        }

        /** Returns the action; null for the unchanged adapter. */
        @Nullable
        String action() {
            return candidate == null ? null : candidate.surgery().action().toString();
        }

        /** Returns a key that is equal for candidates that give the same adapter. */
        List<Object> identity() {
            return selected().isEmpty() || candidate == null || scored == null
                    ? List.of()
                    : List.of(selected(), candidate.surgery(), correction);
        }
    }

    /** Returns the unchanged adapter, which all candidates are compared with. */
    Made adapterAsItIs() {
        return new Made(
                null,
                null,
                List.of(),
                Widening.none(adapter),
                ActionKind.DROP.action(ConfigStyle.EXCLUDE).apply(adapter, Set.of()),
                null,
                Optional.empty(),
                List.of());
    }

    /** Prepares a candidate, with the scores from the pass. */
    Made make(Candidate candidate) {
        Scored own = scored(candidate);
        List<Decision> decisions = List.of();
        try {
            decisions = new Selection(candidate.rule(), candidate.granularity()).decide(own.scores());
            return made(candidate, own, decisions, false);
        } catch (BadInputException e) {
            return failed(candidate, own, decisions, e);
        }
    }

    /** Prepares a candidate's action on named modules. */
    Made make(Candidate candidate, Set<String> selected) {
        Scored own = scored(candidate);
        List<Decision> decisions = own.scores().stream()
                .map(score -> new Decision(
                        score,
                        selected.contains(score.name()),
                        selected.contains(score.name()) ? "chosen by the search" : "not chosen by the search"))
                .toList();
        try {
            return made(candidate, own, decisions, true);
        } catch (BadInputException e) {
            return failed(candidate.on(selected), own, decisions, e);
        }
    }

    private Made failed(Candidate candidate, Scored own, List<Decision> decisions, BadInputException failure) {
        return new Made(
                candidate,
                own,
                decisions,
                Widening.none(adapter),
                null,
                failure.problems().get(0).explanation(),
                Optional.empty(),
                List.of());
    }

    /** Returns the scored modules, in a candidate's order, highest score first. */
    List<String> ranked(Candidate candidate) {
        return scored(candidate).scores().stream()
                .filter(ModuleScore::isScored)
                .sorted((one, other) -> Double.compare(scoreOf(other), scoreOf(one)))
                .map(ModuleScore::name)
                .toList();
    }

    private Scored scored(Candidate candidate) {
        return Objects.requireNonNull(scored.get(candidate.scheme()));
    }

    private static double scoreOf(ModuleScore score) {
        return Objects.requireNonNull(score.score());
    }

    private Made made(Candidate candidate, Scored own, List<Decision> decisions, boolean isSearched) {
        return plan(candidate)
                .carryOut(
                        Decision.selectedNames(decisions),
                        plan -> made(plan, candidate, own, decisions, isSearched),
                        Made::widening);
    }

    private Made made(SurgeryPlan plan, Candidate candidate, Scored own, List<Decision> decisions, boolean isSearched) {
        Set<String> selected = Decision.selectedNames(decisions);
        Optional<Correction> correction = correction(candidate);
        correction.ifPresent(each -> corrected.requirePlausibleGain(each, adapter, selected));
        Map<String, CorrectedFactors> factors = new HashMap<>(correction
                .map(each -> corrected.factors(each, adapter, selected))
                .orElse(Map.of()));
        Widening wider = Widening.none(adapter);
        Widening around = plan.widening().around(selected);
        if (!around.layers().isEmpty()) {
            Map<String, CorrectedFactors> ofLayers = corrected.restored(correction.orElseThrow(), around.layers());
            factors.putAll(ofLayers);
            wider = around.restoredIn(ofLayers.keySet(), options.client());
        }
        Rewrite rewrite = wider.targeted(action(candidate).apply(wider.widened(), wider.with(selected), factors));
        if (plan.isOptional()) {
            SurgeryPlanner.requireLoadable(inputs, wider.widened(), rewrite);
        }
        Candidate settled = candidate.with(plan.surgery());
        return new Made(
                isSearched ? settled.on(wider.with(selected)) : settled,
                own,
                decisions,
                wider,
                rewrite,
                null,
                correction,
                Stream.concat(
                                plan.warnings().stream(),
                                correction.map(each -> corrected.gainWarnings(each, adapter, selected)).stream()
                                        .flatMap(List::stream))
                        .toList());
    }

    /** Returns the norms of the selected modules' new deltas; empty if the candidate corrects none. */
    Map<String, Double> norms(Candidate candidate, Set<String> selected) {
        return correction(candidate)
                .map(each -> corrected.norms(each, adapter, selected))
                .orElse(Map.of());
    }

    private Action action(Candidate candidate) {
        return candidate.surgery().planned(options.client());
    }

    /** A candidate's surgery on the selected modules, with the gain that came out. */
    Surgery surgery(Candidate candidate, Set<String> selected) {
        Surgery surgery = candidate.surgery();
        return correction(candidate)
                .map(each -> surgery.withGain(corrected.gain(each, adapter, selected)))
                .orElse(surgery);
    }

    private Optional<Correction> correction(Candidate candidate) {
        // The surgery of a candidate that was made is settled, and has no plan.
        SurgeryPlan plan = plans.get(candidate.surgery());
        Surgery surgery = plan == null ? candidate.surgery() : plan.surgery();
        return surgery.correction(Scored.Basis.of(candidate.scheme(), options), inputs.calibration());
    }
}
