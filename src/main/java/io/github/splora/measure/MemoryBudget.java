package io.github.splora.measure;

import io.github.splora.adapter.LoraModule;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.alignment.Spectrum;
import io.github.splora.correct.CorrectionMethod;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import io.github.splora.error.ProblemList;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Kernel;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Memory budget for modules measured in parallel: work starts once its estimated memory fits, first come, first served. A
 * module that needs more than the whole budget is measured alone.
 */
final class MemoryBudget {

    /** Bytes per permit: a semaphore counts permits as ints. */
    private static final long UNIT = 1 << 20;
    /** Copies of a pair of tall-skinny matrices during a walk: the operand, transposed and as float32, and the sums. */
    private static final int COPIES = 6;

    /** Gram matrices and other products of shape {@code [r, r]} that are held at a time. */
    private static final int RANK_PRODUCTS = 4;

    /** Bytes of products of ranks that are computed however small the budget is. */
    private static final long ALWAYS_ALLOWED = 64L << 20;
    /** More bytes than there are, few enough to be added up. */
    private static final double ABSURD = 0x1p50;

    private final Kernel kernel;
    private final long bytes;
    private final int units;
    private final int threads;
    private final Semaphore free;

    /**
     * @param bytes the budget
     * @param threads how many modules are measured in parallel, at most
     */
    MemoryBudget(Kernel kernel, long bytes, int threads) {
        this.kernel = kernel;
        this.bytes = bytes;
        this.threads = threads;
        this.units = Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(1, bytes / UNIT)));
        this.free = new Semaphore(units, true);
    }

    /**
     * Refuses ranks that add nothing but memory: above the size of the weight, the products of ranks are larger than the
     * weight, and an adapter can make them arbitrarily large.
     *
     * @throws BadInputException if such products alone exceed the budget
     */
    void refuseExcessiveRanks(List<PairedModule> modules) {
        ProblemList problems = new ProblemList();
        for (PairedModule module : modules) {
            Weights weights = module.weights().get(0);
            if (module.tuned() instanceof LoraModule lora
                    && lora.rank() > Math.min(weights.outFeatures(), weights.inFeatures())
                    && rankProductBytes(lora.rank()) > Math.max(bytes, ALWAYS_ALLOWED)) {
                problems.add(
                        "rank",
                        new Problem(
                                lora.loraA().file().path().toString(),
                                "module '" + lora.name() + "' rank",
                                Long.toString(lora.rank()),
                                String.format(
                                        Locale.ROOT,
                                        "exceeds the weight's smaller side, and its matrices of rank × rank need %,d MiB,"
                                                + " more than --memory (%,d MiB); increase --memory, or save the adapter"
                                                + " with a smaller rank",
                                        ceilOfUnits(rankProductBytes(lora.rank())),
                                        ceilOfUnits(bytes))));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInputException(problems.toList(modules.size(), "module"));
        }
    }

    /**
     * Does the work once there is room for it.
     *
     * @param modules modules on the same weights, which are measured together
     * @param references how many references hold factors of each module
     * @param corrections what is computed for each module that it is wanted for
     * @param work gets whether there is room to keep weights between walks, which pays if there are many walks
     */
    <T> T within(
            List<PairedModule> modules,
            List<Reference> references,
            List<CorrectionRequest> corrections,
            Function<Boolean, T> work)
            throws InterruptedException {
        long bytes = bytes(modules, references, corrections);
        long kept = corrections.stream().anyMatch(each -> each.method().usesKrylovSpaces())
                ? largest(modules, kernel::keptBytes)
                : 0;
        // Only in this module's share of the budget: parallel modules save more time.
        boolean keeps = kept > 0 && ceilOfUnits(bytes + kept) <= units / threads;
        int needed = (int) Math.min(units, ceilOfUnits(keeps ? bytes + kept : bytes));
        free.acquire(needed);
        try {
            return work.apply(keeps);
        } finally {
            free.release(needed);
        }
    }

    /** Returns the memory that measuring one module takes besides that of its weights, which modules on the same weights share. */
    static long bytesOf(PairedModule module, int references) {
        return tallSkinnyBytes(module, references);
    }

    /** An estimate from shapes and dtypes. */
    private long bytes(List<PairedModule> modules, List<Reference> references, List<CorrectionRequest> corrections) {
        boolean usesSpectrum = references.stream().anyMatch(Reference::usesSpectrum)
                || corrections.stream().anyMatch(each -> each.method().usesSpectrum());
        return largest(modules, kernel::workspaceBytes)
                + (usesSpectrum ? largest(modules, MemoryBudget::spectrumBytes) : 0)
                + modules.stream()
                        .mapToLong(module -> tallSkinnyBytes(module, references.size() + corrections.size())
                                + krylovBytes(
                                        module,
                                        corrections.stream()
                                                .map(CorrectionRequest::method)
                                                .filter(CorrectionMethod::usesKrylovSpaces)
                                                .toList()))
                        .sum();
    }

    private static long largest(List<PairedModule> modules, ToLongFunction<Weights> bytes) {
        return modules.get(0).weights().stream().mapToLong(bytes).max().orElseThrow();
    }

    private static long spectrumBytes(Weights weights) {
        return Spectrum.bytes(weights.outFeatures(), weights.inFeatures());
    }

    /** Bytes of the Krylov spaces of one matrix, and of the triplets of all of them. */
    private static long krylovBytes(PairedModule module, List<CorrectionMethod> methods) {
        if (methods.isEmpty()) {
            return 0;
        }
        Weights weights = module.weights().get(0);
        int filters = Math.toIntExact(
                methods.stream().filter(CorrectionMethod::replacesFactors).count());
        int rank = filters > 0 ? Math.toIntExact(module.tuned().rank()) : 0;
        int triplets =
                methods.stream().mapToInt(CorrectionMethod::triplets).max().orElse(0);
        int steps = methods.stream().mapToInt(CorrectionMethod::steps).max().orElse(0);
        long ofTriplets = (weights.outFeatures() + weights.inFeatures()) * triplets * Double.BYTES;
        return KrylovSpaces.bytes(weights.outFeatures(), weights.inFeatures(), rank, triplets, filters, steps)
                + ofTriplets * module.weights().size();
    }

    /** Bytes of the factors of all matrices, plus the copies and the products of ranks for one matrix. A merged weight has no factors. */
    private static long tallSkinnyBytes(PairedModule module, int askers) {
        if (!(module.tuned() instanceof LoraModule lora)) {
            return 0;
        }
        Weights weights = module.weights().get(0);
        long pair = (weights.outFeatures() + weights.inFeatures()) * lora.rank() * Double.BYTES;
        return askers * pair * (module.weights().size() + COPIES) + rankProductBytes(lora.rank());
    }

    private static long rankProductBytes(long rank) {
        return (long) Math.min(ABSURD, (double) rank * rank * RANK_PRODUCTS * Double.BYTES);
    }

    private static long ceilOfUnits(long bytes) {
        return (bytes + UNIT - 1) / UNIT;
    }
}
