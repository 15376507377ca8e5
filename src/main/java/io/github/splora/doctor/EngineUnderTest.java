package io.github.splora.doctor;

import io.github.splora.tensor.djl.EngineState;
import io.github.splora.tensor.djl.TensorEngine;

/** The engine, as far as the doctor looks at it. Tests bring engines that this machine does not have. */
public interface EngineUnderTest {

    /**
     * Starts it.
     *
     * @throws RuntimeException if it cannot be started, as {@link TensorEngine#state}
     */
    EngineState start();

    /** What the library that splora brings is built for: {@code cpu}, {@code cu128} or {@code none}. */
    String bundledFlavor();

    /** Where libraries are unpacked to. */
    String cache();

    /** This program's. */
    static EngineUnderTest ofProcess(boolean isDownloadAllowed) {
        return new EngineUnderTest() {
            @Override
            public EngineState start() {
                return TensorEngine.state(isDownloadAllowed);
            }

            @Override
            public String bundledFlavor() {
                return TensorEngine.bundledFlavor();
            }

            @Override
            public String cache() {
                return TensorEngine.cache().toString();
            }
        };
    }
}
