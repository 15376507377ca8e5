package io.github.splora.tensor.djl;

import ai.djl.engine.EngineException;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.util.List;

/** What the engine's exceptions while computing on a device mean to whoever chose the device. */
final class DeviceFailure {

    private DeviceFailure() {}

    /** CUDA's allocator and CUDA itself put it differently. */
    static boolean isOutOfMemory(EngineException e) {
        return String.valueOf(e.getMessage()).contains("out of memory");
    }

    /** @param device {@code cpu} or {@code gpu:N} */
    static RuntimeException of(EngineException e, String device) {
        if (device.equals("cpu")) {
            return e;
        }
        String advice = isOutOfMemory(e)
                ? "the GPU has not enough free memory, even for small blocks; end what else uses it (nvidia-smi shows that), or"
                        + " use --device cpu"
                : "the GPU failed ("
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("no message") + "); use --device"
                        + " cpu, and see what 'splora doctor' says";
        return new BadInputException(List.of(new Problem("--device", null, device, advice)));
    }
}
