package io.github.splora.delta;

import io.github.splora.tensor.Pass;

/**
 * The low-rank part that loading an adapter subtracts from the aligned weight {@code W : [out, in]}, because its factors were
 * initialized with that part. It is computed in walks over the weights.
 */
interface BasePart {

    /** Asks for the next walk; returns false once {@link #factors} are available. */
    boolean ask(Pass pass);

    /** Returns the part, of the adapter's rank. */
    LowRank factors();
}
