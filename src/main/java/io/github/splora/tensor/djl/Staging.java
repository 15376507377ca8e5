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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Memory of the host that blocks of one matrix are read into on their way to a device. */
final class Staging {

    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    private final RowReader reader;
    private final long mostWeights;
    private final boolean pinned;
    private final TorchModule module;
    private final NDManager scope;
    /** By type; most matrices have one. */
    private final Map<DType, Memory> memories = new EnumMap<>(DType.class);

    private Memory current;

    /**
     * An array whose type may be one that the engine's Java interface does not know: never ask what it is.
     *
     * @param view its bytes
     */
    private record Memory(NDArray array, ByteBuffer view) {}

    /**
     * @param mostRows of a block
     * @param pinned whether a GPU is to copy from it
     */
    Staging(StoredMatrix matrix, long mostRows, boolean pinned, TorchModule module, NDManager scope) {
        this.reader = new RowReader(matrix, new RowMemory());
        this.mostWeights = mostRows * matrix.columns();
        this.pinned = pinned;
        this.module = module;
        this.scope = scope;
    }

    /** Reads a block, in place of what was here. */
    void read(BlockRows block) {
        current = memories.computeIfAbsent(reader.stagedType(block), this::allocate);
        reader.stage(block, current.view().clear());
    }

    /** Memory that begins with what was read. */
    NDArray current() {
        return current.array();
    }

    private Memory allocate(DType type) {
        NDArray array = null;
        if (pinned) {
            try {
                array = module.make(scope, "staging", mostWeights, type.name(), true);
            } catch (EngineException e) {
                LOG.debug("no pinned memory ({}): copies to the GPU will be slower", e.getMessage());
            }
        }
        if (array == null) {
            array = module.make(scope, "staging", mostWeights, type.name(), false);
        }
        return new Memory(array, JniUtils.getByteBuffer((PtNDArray) array, true).order(ByteOrder.LITTLE_ENDIAN));
    }
}
