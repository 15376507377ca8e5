package io.github.splora.measure;

import io.github.splora.adapter.LoraModule;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.correct.CorrectionMethod;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Kernel;
import java.util.List;
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

    private final Kernel kernel;
    private final int units;
    private final int threads;
    private final Semaphore free;

    /**
     * @param bytes the budget
     * @param threads how many modules are measured in parallel, at most
     */
    MemoryBudget(Kernel kernel, long bytes, int threads) {
        this.kernel = kernel;
        this.threads = threads;
        this.units = Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(1, bytes / UNIT)));
        this.free = new Semaphore(units, true);
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
            List<PairedModule> modules, int references, List<CorrectionRequest> corrections, Function<Boolean, T> work)
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

    /** An estimate from shapes and dtypes. */
    private long bytes(List<PairedModule> modules, int references, List<CorrectionRequest> corrections) {
        return largest(modules, kernel::workspaceBytes)
                + modules.stream()
                        .mapToLong(module -> tallSkinnyBytes(module, references + corrections.size())
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

    /** Bytes of the Krylov spaces of one matrix, and of the triplets of all of them. */
    private static long krylovBytes(PairedModule module, List<CorrectionMethod> methods) {
        if (methods.isEmpty() || !(module.tuned() instanceof LoraModule lora)) {
            return 0;
        }
        Weights weights = module.weights().get(0);
        boolean isFiltered = methods.stream().anyMatch(CorrectionMethod::replacesFactors);
        int rank = isFiltered ? Math.toIntExact(lora.rank()) : 0;
        int triplets =
                methods.stream().mapToInt(CorrectionMethod::triplets).max().orElse(0);
        int steps = methods.stream().mapToInt(CorrectionMethod::steps).max().orElse(0);
        long ofTriplets = (weights.outFeatures() + weights.inFeatures()) * triplets * Double.BYTES;
        return KrylovSpaces.bytes(weights.outFeatures(), weights.inFeatures(), rank, triplets, steps)
                + ofTriplets * module.weights().size();
    }

    /** Bytes of the factors of all matrices, plus the copies for one matrix. A merged weight has no factors. */
    private static long tallSkinnyBytes(PairedModule module, int askers) {
        if (!(module.tuned() instanceof LoraModule lora)) {
            return 0;
        }
        Weights weights = module.weights().get(0);
        long pair = (weights.outFeatures() + weights.inFeatures()) * lora.rank() * Double.BYTES;
        return askers * pair * (module.weights().size() + COPIES);
    }

    private static long ceilOfUnits(long bytes) {
        return (bytes + UNIT - 1) / UNIT;
    }
}
