package io.github.splora.tensor.djl;

import ai.djl.engine.EngineException;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.util.List;

/** Translates exceptions that the engine throws while computing on a device into messages for the user who chose it. */
final class DeviceFailure {

    private DeviceFailure() {}

    /** Matches the messages of both CUDA and its allocator, which differ in wording. */
    static boolean isOutOfMemory(EngineException e) {
        return String.valueOf(e.getMessage()).contains("out of memory");
    }

    /** @param device {@code cpu} or {@code gpu:N} */
    static RuntimeException of(EngineException e, String device) {
        if (device.equals("cpu")) {
            return e;
        }
        String advice = isOutOfMemory(e)
                ? "not enough free GPU memory, even for small blocks; stop other processes that use the GPU (nvidia-smi"
                        + " lists them) or use --device cpu"
                : "the GPU failed ("
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse("no message") + "); use --device"
                        + " cpu, or run 'splora doctor' to find the cause";
        return new BadInputException(List.of(new Problem("--device", null, device, advice)));
    }
}
