package io.github.splora.measure;

import io.github.splora.alignment.Spectrum;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.storage.StoredTensor;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.Values;
import io.github.splora.tensor.Kernel;
import io.github.splora.tensor.Kernel.Walks;
import io.github.splora.tensor.Pass;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures modules: walks over the weights and returns {@link Measurement}s, and corrected factors where requested.
 * Each module is measured by a single thread, so the numbers do not depend on the number of threads. Modules of several
 * adapters on the same layer are measured together, and all references and corrections share the walks over its
 * weights.
 */
public final class ModuleScorer {

    /** Walks over one module's weights above which each further one is reported. */
    public static final int MANY_WALKS = 40;

    private final Kernel kernel;
    private final List<Reference> references;
    private final List<CorrectionRequest> corrections;
    private final long seed;
    private final Resources resources;

    /**
     * @param references what every module is compared with; may be empty
     * @param corrections the corrections to compute in the same walks; may be empty
     * @param seed random seed of the sketches of V's subspaces and of Krylov spaces
     */
    public ModuleScorer(
            Kernel kernel,
            List<Reference> references,
            List<CorrectionRequest> corrections,
            long seed,
            Resources resources) {
        this.kernel = kernel;
        this.references = references;
        this.corrections = corrections;
        this.seed = seed;
        this.resources = resources;
    }

    /**
     * Estimates the memory that an adapter's largest module takes while it is measured. Modules of several adapters on the same
     * weights are measured together, so theirs add up.
     */
    public static long largestBytes(List<PairedModule> modules) {
        return modules.stream()
                .mapToLong(module -> MemoryBudget.bytesOf(module, 1))
                .max()
                .orElse(0);
    }

    /**
     * Measures every module.
     *
     * @param progress called on any thread, one call at a time
     * @return one list per reference, in order; each holds the measurements in the order of {@code modules}
     * @throws BadInputException if a rank requires too much memory, or a result is not finite; names every tensor with NaN or infinite elements
     */
    public List<List<Measurement>> measure(List<PairedModule> modules, MeasuringProgress progress) {
        MemoryBudget memory = new MemoryBudget(kernel, resources.memory(), resources.threads());
        memory.refuseExcessiveRanks(modules);
        ExecutorService pool = Executors.newFixedThreadPool(resources.threads());
        try {
            Map<List<Weights>, List<PairedModule>> ofSameWeights = modules.stream()
                    .collect(Collectors.groupingBy(PairedModule::weights, LinkedHashMap::new, Collectors.toList()));
            List<Future<List<Measured>>> futures = new ArrayList<>();
            for (List<PairedModule> together : ofSameWeights.values()) {
                futures.add(pool.submit(() -> {
                    List<Measured> measured = memory.within(
                            together, references, corrections, keeps -> measureTogether(together, keeps, progress));
                    synchronized (progress) {
                        together.forEach(progress::done);
                    }
                    return measured;
                }));
            }
            IdentityHashMap<PairedModule, Measured> results = new IdentityHashMap<>();
            for (Future<List<Measured>> future : futures) {
                resultOf(future).forEach(measured -> results.put(measured.module(), measured));
            }
            List<Measured> all = modules.stream().map(results::get).toList();
            refuseNonFinite(all);
            return IntStream.range(0, references.size())
                    .mapToObj(r -> all.stream()
                            .map(measured -> measured.ofReference().get(r))
                            .toList())
                    .toList();
        } finally {
            pool.shutdownNow();
        }
    }

    /** The results for one module; {@code isFinite} is false if a corrected factor contains NaN or infinity. */
    private record Measured(PairedModule module, List<Measurement> ofReference, boolean isFinite) {}

    /** Measures modules of several adapters on the same layer, whose weights are read once for all of them. */
    private List<Measured> measureTogether(List<PairedModule> modules, boolean keeps, MeasuringProgress progress) {
        List<Weights> weights = modules.get(0).weights();
        List<ModuleWork> work = modules.stream()
                .map(module -> new ModuleWork(module, references, corrections))
                .toList();
        WalkCounter counter = new WalkCounter(modules.get(0), progress);
        for (Weights ofMatrix : weights) {
            Spectrum spectrum = new Spectrum(ofMatrix.outFeatures(), ofMatrix.inFeatures(), seed);
            work.forEach(each -> each.begin(ofMatrix, spectrum, seed));
            Walks walks = kernel.over(ofMatrix, keeps);
            walk(walks, counter, pass -> ask(work, each -> each.ask(pass)));
            walk(walks, counter, pass -> ask(work, each -> each.askSpaces(pass)));
            walks.close();
            work.forEach(ModuleWork::endMatrix);
        }
        return work.stream()
                .map(each -> new Measured(each.module(), each.measurements(), each.finishCorrections()))
                .toList();
    }

    /** Collects the requests of all modules; those that are finished add nothing. */
    private static boolean ask(List<ModuleWork> work, Predicate<ModuleWork> asks) {
        boolean isAnyAsked = false;
        for (ModuleWork each : work) {
            isAnyAsked |= asks.test(each);
        }
        return isAnyAsked;
    }

    /** Walks until nothing is requested. */
    private static void walk(Walks walks, WalkCounter counter, Predicate<Pass> ask) {
        for (Pass pass = new Pass(); ask.test(pass); pass = new Pass()) {
            walks.run(pass);
            counter.count();
        }
    }

    /** Counts the walks over a module's weights, and reports many of them. */
    private static final class WalkCounter {

        private final PairedModule module;
        private final MeasuringProgress progress;
        private int walks;

        WalkCounter(PairedModule module, MeasuringProgress progress) {
            this.module = module;
            this.progress = progress;
        }

        void count() {
            walks++;
            if (walks > MANY_WALKS) {
                synchronized (progress) {
                    progress.walked(module, walks);
                }
            }
        }
    }

    private static void refuseNonFinite(List<Measured> all) {
        List<Problem> problems = all.stream()
                .filter(measured ->
                        !measured.isFinite() || !measured.ofReference().stream().allMatch(Measurement::isFinite))
                .flatMap(measured -> nonFinite(measured.module()).stream())
                .toList();
        if (!problems.isEmpty()) {
            throw new BadInputException(problems);
        }
    }

    private static List<Problem> nonFinite(PairedModule module) {
        List<Problem> problems = new ArrayList<>();
        module.tuned()
                .tensors()
                .forEach(tensor -> addNonFinite(
                        problems,
                        module,
                        tensor,
                        "it cannot be scored; check how it was trained, remove the module with 'prune --prune-module "
                                + module.name() + "', or leave it out: --exclude '" + module.name() + "'"));
        module.weights().stream()
                .flatMap(pair -> pair.matrices().stream())
                .flatMap(matrix -> matrix.tensors().stream())
                .filter(tensor -> !module.tuned().tensors().contains(tensor))
                .distinct()
                .forEach(tensor -> addNonFinite(
                        problems,
                        module,
                        tensor,
                        "the model's weight cannot be compared; download it again, or leave the module out: --exclude '"
                                + module.name() + "'"));
        if (problems.isEmpty()) {
            problems.add(new Problem(
                    module.tuned().tensors().get(0).file().path().toString(),
                    "module '" + module.name() + "'",
                    null,
                    "its values are too large: their squares overflow float64"));
        }
        return problems;
    }

    private static void addNonFinite(
            List<Problem> problems, PairedModule module, StoredTensor tensor, String explanation) {
        long count = Values.countNonFinite(tensor);
        if (count > 0) {
            problems.add(new Problem(
                    tensor.file().path().toString(),
                    "module '" + module.name() + "', " + TensorInfo.label(tensor.name()),
                    count + " NaN or infinite",
                    explanation));
        }
    }

    private static <T> T resultOf(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while scoring", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
