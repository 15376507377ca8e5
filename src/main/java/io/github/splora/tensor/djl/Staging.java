package io.github.splora.tensor.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.github.splora.storage.DType;
import io.github.splora.storage.StoredMatrix;
import io.github.splora.tensor.BlockRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Host memory that blocks of one matrix are read into on their way to a device. */
final class Staging {

    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    private final RowReader reader;
    private final long mostWeights;
    private final boolean pinned;
    private final TorchModule module;
    private final NDManager scope;
    /** Memory by type; most matrices have a single type. */
    private final Map<DType, Memory> memories = new EnumMap<>(DType.class);

    private @Nullable Memory current;

    /**
     * An array of host memory. Its type may be unknown to the engine's Java interface, so never query it.
     *
     * @param view the array's bytes
     */
    private record Memory(NDArray array, ByteBuffer view) {}

    /**
     * @param mostRows maximum number of rows in a block
     * @param pinned whether to pin the memory, so that a GPU can copy from it faster
     */
    Staging(StoredMatrix matrix, long mostRows, boolean pinned, TorchModule module, NDManager scope) {
        this.reader = new RowReader(matrix, new RowMemory());
        this.mostWeights = mostRows * matrix.columns();
        this.pinned = pinned;
        this.module = module;
        this.scope = scope;
    }

    /** Reads a block, replacing the previous one. */
    void read(BlockRows block) {
        Memory memory = memories.computeIfAbsent(reader.stagedType(block), this::allocate);
        reader.stage(block, memory.view().clear());
        current = memory;
    }

    /** Returns the memory, which begins with the block that was read last. */
    NDArray current() {
        return Objects.requireNonNull(current).array();
    }

    private Memory allocate(DType type) {
        NDArray array = null;
        if (pinned) {
            try {
                array = module.make(scope, "staging", mostWeights, type.name(), true);
            } catch (EngineException e) {
                LOG.debug("cannot allocate pinned memory ({}); copies to the GPU will be slower", e.getMessage());
            }
        }
        if (array == null) {
            array = module.make(scope, "staging", mostWeights, type.name(), false);
        }
        return new Memory(array, JniUtils.getByteBuffer((PtNDArray) array, true).order(ByteOrder.LITTLE_ENDIAN));
    }
}
