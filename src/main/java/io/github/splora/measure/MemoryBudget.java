package io.github.splora.measure;

import io.github.splora.adapter.LoraModule;
import io.github.splora.alignment.KrylovSpaces;
import io.github.splora.correct.CorrectionMethod;
import io.github.splora.correct.CorrectionRequest;
import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Kernel;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

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
    private final Semaphore free;

    MemoryBudget(Kernel kernel, long bytes) {
        this.kernel = kernel;
        this.units = Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(1, bytes / UNIT)));
        this.free = new Semaphore(units, true);
    }

    /**
     * Does the work once there is room for it.
     *
     * @param modules modules on the same weights, which are measured together
     * @param references how many references hold factors of each module
     * @param corrections what is computed for each module that it is wanted for
     */
    <T> T within(List<PairedModule> modules, int references, List<CorrectionRequest> corrections, Callable<T> work)
            throws Exception {
        int needed = (int) Math.min(units, ceilOfUnits(bytes(modules, references, corrections)));
        free.acquire(needed);
        try {
            return work.call();
        } finally {
            free.release(needed);
        }
    }

    /** An estimate from shapes and dtypes. */
    private long bytes(List<PairedModule> modules, int references, List<CorrectionRequest> corrections) {
        long ofWalk = modules.get(0).weights().stream()
                .mapToLong(kernel::workspaceBytes)
                .max()
                .orElseThrow();
        return ofWalk
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
