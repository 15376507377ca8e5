package io.github.splora.run;

import io.github.splora.adapter.Adapter;
import io.github.splora.adapter.LayerKind.Factors;
import io.github.splora.adapter.LoraModule;
import io.github.splora.adapter.TunedModule;
import io.github.splora.correct.Correction;
import io.github.splora.correct.CorrectionMethod;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.delta.LowRank;
import io.github.splora.error.BadInputException;
import io.github.splora.linalg.Matrix;
import io.github.splora.statistics.Quantile;
import io.github.splora.storage.DType;
import io.github.splora.surgery.CorrectedFactors;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects what walks compute for corrections, once per method, in float32 for adapters that are not in float64. Gains and
 * shares are applied when the factors are asked for, so any number of corrections can share a method's results.
 */
final class CorrectedModules {

    /** What a method has computed for one module. */
    private record Computed(List<Narrow> matrices, double squaredBefore, double squaredAfter) {

        Supplier<List<Factors>> scaledBy(double factor) {
            return () -> matrices.stream().map(each -> each.factors(factor)).toList();
        }
    }

    /** A product of low-rank factors. */
    private record Narrow(NarrowMatrix a, NarrowMatrix b) {

        Factors factors(double factor) {
            return new Factors(a.wide(), b.wide().scaledBy(factor));
        }
    }

    /** A matrix in float32, or in float64 if {@code floats} is null. */
    private record NarrowMatrix(int rows, int columns, float @Nullable [] floats, double @Nullable [] doubles) {

        static NarrowMatrix of(Matrix matrix, boolean isFloat64) {
            double[] values = matrix.values();
            if (isFloat64) {
                return new NarrowMatrix(matrix.rows(), matrix.columns(), null, values);
            }
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            return new NarrowMatrix(matrix.rows(), matrix.columns(), floats, null);
        }

        Matrix wide() {
            if (floats == null) {
                return new Matrix(rows, columns, Objects.requireNonNull(doubles));
            }
            Matrix wide = Matrix.zeros(rows, columns);
            for (int i = 0; i < floats.length; i++) {
                wide.values()[i] = floats[i];
            }
            return wide;
        }
    }

    /**
     * The filter of the default strength left 0.33 to 0.46 of the adapters of the study on a real language model. The gain itself
     * is no measure, because it depends on the exponent too.
     */
    private static final double SMALL_SHARE = 0.25;

    private static final double FAR_FROM_USUAL = 2;

    private final Map<CorrectionMethod, Map<TunedModule, Computed>> results = new LinkedHashMap<>();

    /** Returns what walks have to compute for these corrections. */
    List<CorrectionRequest> requests(Collection<Correction> corrections) {
        return corrections.stream()
                .flatMap(Correction::methods)
                .distinct()
                .map(this::request)
                .toList();
    }

    /** Returns what walks have to compute for layers that are only restored. */
    List<CorrectionRequest> additions(Collection<Correction> corrections) {
        return corrections.stream()
                .flatMap(correction -> correction.addition().stream())
                .distinct()
                .map(this::request)
                .toList();
    }

    private CorrectionRequest request(CorrectionMethod method) {
        Map<TunedModule, Computed> ofModule =
                results.computeIfAbsent(method, each -> Collections.synchronizedMap(new IdentityHashMap<>()));
        return new CorrectionRequest(
                method, (module, matrices) -> ofModule.put(module.tuned(), computed(module.tuned(), matrices)));
    }

    private static Computed computed(TunedModule module, List<CorrectionRequest.Result> matrices) {
        boolean isFloat64 = module.tensors().stream().anyMatch(tensor -> tensor.dtype() == DType.F64);
        return new Computed(
                matrices.stream()
                        .map(each -> narrow(each.corrected(), isFloat64))
                        .toList(),
                matrices.stream()
                        .mapToDouble(each -> each.original().squaredNorm())
                        .sum(),
                matrices.stream()
                        .mapToDouble(each -> each.corrected().squaredNorm())
                        .sum());
    }

    private static Narrow narrow(LowRank factors, boolean isFloat64) {
        return new Narrow(NarrowMatrix.of(factors.a(), isFloat64), NarrowMatrix.of(factors.b(), isFloat64));
    }

    /**
     * Returns the factor that a correction multiplies the selected modules' deltas by.
     *
     * @param selected names of modules of {@code adapter} that results are there for
     */
    double gain(Correction correction, Adapter adapter, Set<String> selected) {
        if (!correction.gain().isDerived()) {
            return correction.gain().of(1, 1);
        }
        Norms norms = squaredNorms(correction, adapter, selected);
        return correction.gain().of(norms.before(), norms.after());
    }

    /** Squared norms of deltas before and after a filter. */
    private record Norms(double before, double after) {

        /** Returns the share that the filter left; 1 of nothing. */
        double share() {
            return before > 0 ? after / before : 1;
        }

        Norms plus(Computed module) {
            return new Norms(before + module.squaredBefore(), after + module.squaredAfter());
        }
    }

    private Norms squaredNorms(Correction correction, Adapter adapter, Set<String> selected) {
        CorrectionMethod method = correction.replacement().orElseThrow();
        Norms sum = new Norms(0, 0);
        for (LoraModule module : adapter.modules()) {
            if (selected.contains(module.name())) {
                sum = sum.plus(of(method, module));
            }
        }
        return sum;
    }

    /** Returns the selected modules' norms if a filter left little of them, and a derived factor enlarges it. */
    private Optional<Norms> enlarged(Correction correction, Adapter adapter, Set<String> selected) {
        if (!correction.gain().isDerived()) {
            return Optional.empty();
        }
        return Optional.of(squaredNorms(correction, adapter, selected))
                .filter(norms ->
                        norms.share() < SMALL_SHARE && correction.gain().of(norms.before(), norms.after()) > 1);
    }

    /**
     * Refuses a derived factor that a few modules decide: whoever makes an adapter can give it a module that is as long as they
     * like, that changes nothing which is ever used, and that a filter removes.
     *
     * @throws BadInputException if the filter leaves little of all modules together, and much more of most modules
     */
    void requirePlausibleGain(Correction correction, Adapter adapter, Set<String> selected) {
        Optional<Norms> enlarged = enlarged(correction, adapter, selected);
        if (enlarged.isEmpty()) {
            return;
        }
        Norms norms = enlarged.get();
        CorrectionMethod method = correction.replacement().orElseThrow();
        double[] shares = adapter.modules().stream()
                .filter(module -> selected.contains(module.name()))
                .mapToDouble(module -> new Norms(0, 0).plus(of(method, module)).share())
                .sorted()
                .toArray();
        double usual = Quantile.of(shares, 0.5);
        if (FAR_FROM_USUAL * norms.share() < usual) {
            LoraModule longest = adapter.modules().stream()
                    .filter(module -> selected.contains(module.name()))
                    .max(Comparator.comparingDouble(module -> of(method, module).squaredBefore()))
                    .orElseThrow();
            throw new BadInputException(
                    adapter.location(),
                    "module '" + longest.name() + "'",
                    null,
                    String.format(
                            Locale.ROOT,
                            "is so long that it decides the gain for all modules: %.3g, where most modules need %.3g; leave it"
                                    + " out with --exclude, or give --gain",
                            correction.gain().of(norms.before(), norms.after()),
                            correction.gain().of(1, usual)));
        }
    }

    /** Returns a warning if a filter left little of the selected modules, and a derived factor enlarges it. */
    List<String> gainWarnings(Correction correction, Adapter adapter, Set<String> selected) {
        return enlarged(correction, adapter, selected).stream()
                .map(norms -> String.format(
                        Locale.ROOT,
                        "the filter kept only %.0f%% of the selected modules' squared norm (a third to a half is usual at the"
                                + " default strength), and --gain auto multiplies the rest by %.3g. The rest may be mostly noise:"
                                + " evaluate the result, or lower --strength or --gain-exponent",
                        100 * norms.share(),
                        correction.gain().of(norms.before(), norms.after())))
                .toList();
    }

    private Computed of(CorrectionMethod method, TunedModule module) {
        return Objects.requireNonNull(
                Objects.requireNonNull(results.get(method)).get(module));
    }

    /** Returns the factors of layers that are only restored, by their names; of those in which alignment changed something. */
    Map<String, CorrectedFactors> restored(Correction correction, Collection<LoraModule> layers) {
        Map<String, CorrectedFactors> factors = new HashMap<>();
        added(correction, layers)
                .forEach((layer, product) ->
                        factors.put(layer, new CorrectedFactors(Optional.empty(), Optional.of(product))));
        return factors;
    }

    /** Returns what is added to modules that are only restored, by their names; to those in which alignment changed something. */
    Map<String, Supplier<List<Factors>>> added(Correction correction, Collection<? extends TunedModule> layers) {
        CorrectionMethod method = correction.addition().orElseThrow();
        Map<String, Supplier<List<Factors>>> added = new HashMap<>();
        layers.stream()
                .filter(layer -> of(method, layer).squaredAfter() > 0)
                .forEach(layer -> added.put(layer.name(), of(method, layer).scaledBy(correction.share())));
        return added;
    }

    /** Returns the new factors of the selected modules, by their names. */
    Map<String, CorrectedFactors> factors(Correction correction, Adapter adapter, Set<String> selected) {
        double gain = gain(correction, adapter, selected);
        Map<String, CorrectedFactors> factors = new HashMap<>();
        adapter.modules().stream()
                .filter(module -> selected.contains(module.name()))
                .forEach(module -> factors.put(
                        module.name(),
                        new CorrectedFactors(
                                correction.replacement().map(method -> of(method, module)
                                        .scaledBy(gain)),
                                correction.addition().map(method -> of(method, module)
                                        .scaledBy(correction.share())))));
        return factors;
    }

    /** Returns the norms of the selected modules' new deltas, by their names. */
    Map<String, Double> norms(Correction correction, Adapter adapter, Set<String> selected) {
        double gain = gain(correction, adapter, selected);
        double share = correction.share();
        Map<String, Double> norms = new HashMap<>();
        for (LoraModule module : adapter.modules()) {
            if (selected.contains(module.name())) {
                Optional<Computed> replaced = correction.replacement().map(method -> of(method, module));
                Optional<Computed> added = correction.addition().map(method -> of(method, module));
                double kept = replaced.map(each -> gain * gain * each.squaredAfter())
                        .orElseGet(() -> added.orElseThrow().squaredBefore());
                double more = added.map(each -> share * share * each.squaredAfter()
                                + 2 * share * inner(replaced.map(it -> it.scaledBy(gain)), module, each))
                        .orElse(0.0);
                norms.put(module.name(), Math.sqrt(Math.max(0, kept + more)));
            }
        }
        return norms;
    }

    /** {@code ⟨B₁A₁, B₂A₂⟩}, summed over a module's matrices. */
    private static double inner(Optional<Supplier<List<Factors>>> replaced, LoraModule module, Computed added) {
        List<Factors> first = replaced.isPresent()
                ? replaced.get().get()
                : module.factors().stream()
                        .map(each -> new Factors(each.a(), each.b().scaledBy(module.scaling())))
                        .toList();
        List<Factors> second = added.scaledBy(1).get();
        double sum = 0;
        for (int i = 0; i < first.size(); i++) {
            Factors one = first.get(i);
            Factors other = second.get(i);
            sum += one.b()
                    .transposeTimes(other.b())
                    .inner(one.a().times(other.a().transpose()));
        }
        return sum;
    }
}
