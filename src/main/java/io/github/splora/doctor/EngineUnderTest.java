package io.github.splora.doctor;

import io.github.splora.tensor.djl.EngineParts;
import io.github.splora.tensor.djl.EngineState;
import io.github.splora.tensor.djl.TensorEngine;

/** The engine as seen by the doctor. Tests supply engines that this machine does not have. */
public interface EngineUnderTest {

    /** Whether the engine is installed: it is an optional part of splora. */
    boolean isInstalled();

    /**
     * Starts the engine, which must be installed.
     *
     * @throws RuntimeException if it cannot be started; see {@link TensorEngine#state}
     */
    EngineState start();

    /** Returns the platform of the library bundled with splora: {@code cpu}, {@code cu128} or {@code none}. */
    String bundledFlavor();

    /** Returns the folder into which libraries are unpacked; the engine must be installed. */
    String cache();

    /** Returns this program's engine. */
    static EngineUnderTest ofProcess(boolean isDownloadAllowed) {
        return new EngineUnderTest() {
            @Override
            public boolean isInstalled() {
                return EngineParts.areInstalled();
            }

            @Override
            public EngineState start() {
                return TensorEngine.state(isDownloadAllowed);
            }

            @Override
            public String bundledFlavor() {
                return isInstalled() ? TensorEngine.bundledFlavor() : "none";
            }

            @Override
            public String cache() {
                return TensorEngine.cache().toString();
            }
        };
    }
}
