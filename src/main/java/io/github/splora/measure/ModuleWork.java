package io.github.splora.measure;

import io.github.splora.alignment.Accuracy;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.alignment.Spectrum;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.correct.CorrectionRequest.Result;
import io.github.splora.correct.CorrectionSubject;
import io.github.splora.correct.CorrectionWalk;
import io.github.splora.delta.Delta;
import io.github.splora.delta.Deltas;
import io.github.splora.delta.LowRank;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All references and corrections of one module, computed matrix by matrix of its weight. */
final class ModuleWork {

    private static final Logger LOG = LoggerFactory.getLogger(ModuleWork.class);

    private final PairedModule module;
    private final List<Reference> references;
    private final List<CorrectionRequest> requests;
    private final List<List<Delta>> deltas;
    private final List<LowRank> corrigible;
    private final List<Sums> sums;
    private final double[] squaredUncertainties;
    private final List<List<Result>> corrected;

    private int matrix = -1;
    private List<ReferenceWalk> referenceWalks = List.of();
    private List<CorrectionWalk> corrections = List.of();
    private @Nullable KrylovSpaces spaces;

    ModuleWork(PairedModule module, List<Reference> references, List<CorrectionRequest> requests) {
        this.module = module;
        this.references = references;
        this.requests = requests;
        // A delta serves a single caller, so each reference gets its own. Corrections only read its factors and can
        // share one.
        this.deltas =
                references.stream().map(reference -> Deltas.of(module.tuned())).toList();
        this.corrigible = this.requests.isEmpty() ? List.of() : Deltas.lowRank(module.tuned());
        this.sums = new ArrayList<>(Collections.nCopies(references.size(), Sums.ZERO));
        this.squaredUncertainties = new double[references.size()];
        this.corrected = this.requests.stream()
                .<List<Result>>map(each -> new ArrayList<>())
                .toList();
    }

    PairedModule module() {
        return module;
    }

    /**
     * Starts the next matrix.
     *
     * @param seed random seed of the Krylov spaces
     */
    void begin(Weights weights, Spectrum spectrum, long seed) {
        matrix++;
        KrylovSpaces ofMatrix = new KrylovSpaces(weights.outFeatures(), weights.inFeatures(), seed, accuracy());
        spaces = ofMatrix;
        referenceWalks = IntStream.range(0, references.size())
                .mapToObj(r -> references
                        .get(r)
                        .compare(new Subject(
                                deltas.get(r).get(matrix), weights.outFeatures(), weights.inFeatures(), spectrum)))
                .toList();
        corrections = IntStream.range(0, requests.size())
                .mapToObj(c -> requests.get(c)
                        .method()
                        .correct(new CorrectionSubject(module.tuned().name(), factors(weights), spectrum, ofMatrix)))
                .toList();
    }

    /** Returns the factors of the current matrix's delta; of rank 0 for a merged weight, to which corrections can only add. */
    private LowRank factors(Weights weights) {
        return corrigible.isEmpty()
                ? LowRank.none(weights.outFeatures(), weights.inFeatures())
                : corrigible.get(matrix);
    }

    /** The strictest accuracy that a correction needs. */
    private Accuracy accuracy() {
        return requests.stream()
                .map(each -> each.method().accuracy())
                .reduce(Accuracy::and)
                .orElse(Accuracy.DEFAULT);
    }

    /** Requests what the next walk has to compute, except for what needs Krylov spaces; returns whether anything was requested. */
    boolean ask(Pass pass) {
        boolean isAnyAsked = false;
        for (ReferenceWalk walk : referenceWalks) {
            isAnyAsked |= walk.ask(pass);
        }
        return askCorrections(pass, false) || isAnyAsked;
    }

    /** The same for corrections that need Krylov spaces. */
    boolean askSpaces(Pass pass) {
        return askCorrections(pass, true);
    }

    private boolean askCorrections(Pass pass, boolean ofSpaces) {
        boolean isAnyAsked = false;
        for (int c = 0; c < corrections.size(); c++) {
            if (requests.get(c).method().usesKrylovSpaces() == ofSpaces) {
                isAnyAsked |= corrections.get(c).ask(pass);
            }
        }
        return isAnyAsked;
    }

    /** Collects the results of the walks over the current matrix. */
    void endMatrix() {
        for (int r = 0; r < referenceWalks.size(); r++) {
            sums.set(r, sums.get(r).plus(referenceWalks.get(r).sums()));
            double uncertainty = deltas.get(r).get(matrix).uncertainty();
            squaredUncertainties[r] += uncertainty * uncertainty;
        }
        for (int c = 0; c < corrections.size(); c++) {
            corrected
                    .get(c)
                    .add(new Result(
                            factors(module.weights().get(matrix)),
                            corrections.get(c).corrected()));
        }
        KrylovSpaces used = Objects.requireNonNull(spaces);
        if (requests.stream().anyMatch(each -> each.method().usesKrylovSpaces())) {
            LOG.debug("module {}: Krylov spaces of {} steps, two walks each", module.name(), used.steps());
            if (!used.isConverged()) {
                LOG.warn(
                        "module {}: the correction may be less accurate than intended after {} steps (estimated error {})",
                        module.name(),
                        used.steps(),
                        used.estimatedError());
            }
        }
        spaces = null;
        corrections = List.of();
        referenceWalks = List.of();
    }

    /** Returns one measurement per reference. */
    List<Measurement> measurements() {
        return IntStream.range(0, references.size())
                .mapToObj(r -> measurement(references.get(r), sums.get(r), Math.sqrt(squaredUncertainties[r])))
                .toList();
    }

    private Measurement measurement(Reference reference, Sums total, double uncertainty) {
        double deltaNorm = Math.sqrt(total.delta());
        boolean isComparable =
                total.delta() != 0 && total.alignment() != 0 && !Measurement.isIllConditioned(deltaNorm, uncertainty);
        return new Measurement(
                module,
                deltaNorm,
                Math.sqrt(total.alignment()),
                isComparable ? reference.comparison(total) : null,
                uncertainty);
    }

    /**
     * Passes on the corrected factors and returns true; passes on nothing and returns false if a value is not finite.
     */
    boolean finishCorrections() {
        boolean isFinite = corrected.stream().flatMap(List::stream).allMatch(result -> isFinite(result.corrected()));
        for (int c = 0; c < requests.size() && isFinite; c++) {
            requests.get(c).sink().accept(module, corrected.get(c));
        }
        return isFinite;
    }

    private static boolean isFinite(LowRank factors) {
        return Arrays.stream(factors.a().values()).allMatch(Double::isFinite)
                && Arrays.stream(factors.b().values()).allMatch(Double::isFinite);
    }
}
