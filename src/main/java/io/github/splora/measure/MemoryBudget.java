package io.github.splora.measure;

import io.github.splora.pairing.PairedModule;
import io.github.splora.pairing.Weights;
import io.github.splora.tensor.Kernel;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * Lets modules be measured side by side while the memory that they take together is within a bound; one that takes more
 * than all of it is measured alone. First come, first served.
 */
final class MemoryBudget {

    /** What memory is counted in: permits are ints. */
    private static final long UNIT = 1 << 20;
    /** Copies of a pair of thin matrices during a walk: what it multiplies with, transposed and narrowed, and what it adds up. */
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
     * @param modules on the same weights, which are measured together
     * @param askers how many hold factors of each module
     */
    <T> T within(List<PairedModule> modules, int askers, Callable<T> work) throws Exception {
        int needed = (int) Math.min(units, ceilOfUnits(bytes(modules, askers)));
        free.acquire(needed);
        try {
            return work.call();
        } finally {
            free.release(needed);
        }
    }

    /** An estimate, from shapes and types. */
    private long bytes(List<PairedModule> modules, int askers) {
        long ofWalk = modules.get(0).weights().stream()
                .mapToLong(kernel::workspaceBytes)
                .max()
                .orElseThrow();
        return ofWalk
                + modules.stream()
                        .mapToLong(module -> thinBytes(module, askers))
                        .sum();
    }

    /** The factors of all its matrices, and one matrix's copies. A merged weight has none. */
    private static long thinBytes(PairedModule module, int askers) {
        if (module.lora().isMerged()) {
            return 0;
        }
        Weights weights = module.weights().get(0);
        long pair =
                (weights.outFeatures() + weights.inFeatures()) * module.lora().rank() * Double.BYTES;
        return askers * pair * (module.weights().size() + COPIES);
    }

    private static long ceilOfUnits(long bytes) {
        return (bytes + UNIT - 1) / UNIT;
    }
}
