package io.github.splora.doctor;

import io.github.splora.tensor.djl.EngineParts;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Advice for each obstacle to using a GPU, and for an engine that does not start. */
final class Advice {

    private static final String GUIDE = "docs/gpu.md has the steps";
    private static final String BOTH_WAYS = "either name the libtorch of an existing PyTorch 2.7.1 for CUDA 12"
            + " (PYTORCH_LIBRARY_PATH=…/site-packages/torch/lib), or build splora without a bundled library (./mvnw"
            + " -Dsplora.natives=none -DskipTests clean package) and let it download the one for CUDA once"
            + " (splora doctor"
            + " --install-cuda, 2 to 3 GB from the network); " + GUIDE;

    private final Machine machine;
    private final String bundledFlavor;

    Advice(Machine machine, String bundledFlavor) {
        this.machine = machine;
        this.bundledFlavor = bundledFlavor;
    }

    /** Returns how to add the engine to a splora without it. */
    static List<String> withoutEngine(Machine machine) {
        String how = "To add PyTorch, " + EngineParts.howToAdd() + "; then run 'splora doctor' again.";
        return List.of(
                machine.cards().isEmpty()
                        ? "PyTorch is optional: only GPUs and --kernel djl need it. " + how
                        : "There is an NVIDIA card, which splora can use through PyTorch. " + how);
    }

    /**
     * Returns sentences, most important first.
     *
     * @param engine null if it did not start
     * @param problem why it did not start
     */
    List<String> on(Diagnosis.@Nullable Engine engine, @Nullable String problem) {
        if (engine == null) {
            return bundledFlavor.equals("none")
                            && !Objects.requireNonNull(problem).contains("PYTORCH_LIBRARY_PATH")
                    ? List.of("This build of splora has no bundled library: " + BOTH_WAYS + ".")
                    : List.of();
        }
        if (!engine.gpus().isEmpty() || machine.cards().isEmpty()) {
            return List.of();
        }
        if (machine.driver().isEmpty()) {
            return List.of(
                    "There is an NVIDIA card, but no driver is loaded: install NVIDIA's driver, 525 or newer (570 or"
                            + " newer for Blackwell cards); 'nvidia-smi' must list the card. Then run 'splora"
                            + " doctor' again.");
        }
        if (!machine.hasLibcuda()) {
            return List.of("A driver is loaded, but its library libcuda.so.1 is missing, as in a container started"
                    + " without the GPU: start it with 'docker run --gpus all' (and the NVIDIA"
                    + " Container Toolkit).");
        }
        if (engine.isForeign()) {
            return List.of("The PyTorch that PYTORCH_LIBRARY_PATH names cannot use the GPU: it was built for CPUs, or"
                    + " for a newer CUDA than the driver supports. Try 'python -c \"import torch;"
                    + " print(torch.cuda.is_available())\"' there; "
                    + GUIDE
                    + ".");
        }
        if (bundledFlavor.equals("cpu")) {
            return List.of(
                    "There is a GPU, but splora's bundled library is for CPUs. To use the GPU, " + BOTH_WAYS + ".");
        }
        return List.of("The CUDA library is loaded, but cannot use the GPU: the driver ("
                + machine.driver().get() + ") is older than 525, or CUDA_VISIBLE_DEVICES hides the card.");
    }
}
