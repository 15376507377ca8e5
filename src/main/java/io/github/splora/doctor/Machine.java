package io.github.splora.doctor;

import java.util.List;
import java.util.Optional;

/** Facts about the machine that need no engine. Tests supply machines of other kinds. */
public interface Machine {

    /** Returns the processor's name as reported by the system. */
    String cpu();

    /** Returns the NVIDIA cards by name; a card without a driver is listed without its name. */
    List<String> cards();

    /** Returns the version of the NVIDIA driver, if one is loaded. */
    Optional<String> driver();

    /** Whether the driver's CUDA library, {@code libcuda}, can be found; in a container it may be missing. */
    boolean hasLibcuda();
}
