package io.github.splora.tensor.djl;

import java.util.Optional;

/** The engine's settings: environment variables, or system properties of the same name. Empty values count as unset. */
interface EngineSettings {

    Optional<String> get(String name);

    void set(String name, String value);

    /** Sets a value unless it is already set. */
    default void setDefault(String name, String value) {
        if (get(name).isEmpty()) {
            set(name, value);
        }
    }

    /** Returns the settings of this process. */
    static EngineSettings ofProcess() {
        return new EngineSettings() {
            @Override
            public Optional<String> get(String name) {
                return Optional.ofNullable(System.getenv(name))
                        .or(() -> Optional.ofNullable(System.getProperty(name)))
                        .filter(value -> !value.isEmpty());
            }

            @Override
            public void set(String name, String value) {
                System.setProperty(name, value);
            }
        };
    }
}
