package io.github.splora.doctor;

import java.util.List;
import java.util.Optional;

/** What can be seen of the machine without the engine. Tests bring machines that they do not have. */
public interface Machine {

    /** The processor's name, as the system has it. */
    String cpu();

    /** NVIDIA's cards by name; those without a driver are there, but have no name. */
    List<String> cards();

    /** The version of NVIDIA's driver, if one is loaded. */
    Optional<String> driver();

    /** Whether CUDA's part of the driver, {@code libcuda}, can be found; in a container it may not be. */
    boolean hasLibcuda();
}
