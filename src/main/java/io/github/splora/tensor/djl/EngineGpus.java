package io.github.splora.tensor.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import io.github.splora.error.BadInputException;
import io.github.splora.error.Problem;
import java.util.List;
import java.util.stream.IntStream;

/** The GPUs that the engine reports. Tests substitute their own. */
interface EngineGpus {

    /** Returns how many GPUs the loaded library can use; 0 for a library without CUDA. */
    int count();

    /** @param number index of the GPU, below {@link #count} */
    Gpu describe(int number);

    /** Returns all GPUs that the library can use. */
    default List<Gpu> all() {
        return IntStream.range(0, count()).mapToObj(this::describe).toList();
    }

    /**
     * Picks a device.
     *
     * @param choice {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}
     * @return the index of a GPU, or −1 for the CPU
     * @throws BadInputException if the chosen GPU does not exist
     */
    default int pick(String choice) {
        if (choice.equals("cpu")) {
            return -1;
        }
        int count = count();
        if (choice.equals("auto")) {
            return count == 0 ? -1 : 0;
        }
        int number = choice.startsWith("gpu:") ? Integer.parseInt(choice.substring("gpu:".length())) : 0;
        if (number >= count) {
            String there = count == 0 ? "none" : count == 1 ? "gpu:0" : "gpu:0 to gpu:" + (count - 1);
            throw new BadInputException(List.of(new Problem(
                    "--device",
                    null,
                    choice,
                    "no such GPU; available GPUs: " + there
                            + "; use --device cpu or auto, or run 'splora doctor' to find the cause")));
        }
        return number;
    }

    /** Returns the GPUs of this machine. */
    static EngineGpus of(Engine engine) {
        // The engine counts the cards in the machine, even if a CPU build of libtorch cannot use them.
        boolean hasCuda = engine.hasCapability(StandardCapabilities.CUDA);
        int counted = hasCuda ? engine.getGpuCount() : 0;
        return new EngineGpus() {
            @Override
            public int count() {
                // The engine counts with the CUDA runtime, and does not find one installed as a Python package.
                return hasCuda && counted == 0
                        ? (int) IntStream.iterate(0, number -> number + 1)
                                .takeWhile(number -> works(engine, number))
                                .count()
                        : counted;
            }

            @Override
            public Gpu describe(int number) {
                try {
                    return new Gpu(
                            number,
                            CudaUtils.getComputeCapability(number),
                            CudaUtils.getGpuMemory(Device.gpu(number)).getMax());
                } catch (IllegalArgumentException | IllegalStateException | EngineException e) {
                    return new Gpu(number, null, null);
                }
            }
        };
    }

    private static boolean works(Engine engine, int number) {
        try (NDManager manager = engine.newBaseManager(Device.gpu(number))) {
            manager.zeros(new Shape(1));
            return true;
        } catch (EngineException e) {
            return false;
        }
    }
}
