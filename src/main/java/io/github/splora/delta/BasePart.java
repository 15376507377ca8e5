package io.github.splora.delta;

import io.github.splora.tensor.Pass;

/**
 * What loading an adapter takes out of the aligned weight {@code W : [out, in]}, because its factors were initialised
 * with a part of W: of low rank, and worked out in walks over the weights.
 */
interface BasePart {

    /** Asks for the next walk; false once {@link #factors} are there. */
    boolean ask(Pass pass);

    /** The part, of the adapter's rank. */
    LowRank factors();
}
