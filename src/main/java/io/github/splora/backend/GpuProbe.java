package io.github.splora.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A quick look for an NVIDIA GPU, without loading any library: {@code --device auto} starts the engine to look for GPUs only
 * where this finds one.
 */
final class GpuProbe {

    /** Left by a loaded driver; the last two are those of WSL and of Jetson boards. */
    private static final List<String> DRIVER_FILES =
            List.of("proc/driver/nvidia/version", "dev/nvidiactl", "dev/nvidia0", "dev/dxg", "dev/nvmap");

    private GpuProbe() {}

    /** Whether this machine may have a GPU that CUDA can use. */
    static boolean mayFindGpu() {
        return mayFindGpu(System.getProperty("os.name"), Path.of("/"));
    }

    /** Whether a driver of NVIDIA's is loaded, as far as Linux shows. */
    static boolean hasDriver() {
        return hasDriver(Path.of("/"));
    }

    private static boolean hasDriver(Path root) {
        return DRIVER_FILES.stream().map(root::resolve).anyMatch(Files::exists);
    }

    /**
     * Whether a machine may have a GPU that CUDA can use.
     *
     * @param system {@code os.name}; systems other than Linux and macOS may always have one
     * @param root where Linux's files are
     */
    static boolean mayFindGpu(String system, Path root) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            return false;
        }
        return !name.equals("linux") || hasDriver(root) || hasCard(root);
    }

    /** The first use of CUDA may load the driver, so a card is enough. */
    private static boolean hasCard(Path root) {
        try {
            return !NvidiaCards.addresses(root).isEmpty();
        } catch (IOException e) {
            // The engine will look closer.
            return true;
        }
    }
}
