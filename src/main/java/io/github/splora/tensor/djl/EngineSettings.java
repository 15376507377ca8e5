package io.github.splora.tensor.djl;

import java.util.Optional;

/** The engine's settings: an environment variable, or else a system property of the same name. Empty ones are none. */
interface EngineSettings {

    Optional<String> get(String name);

    void set(String name, String value);

    /** Makes a setting that nobody has made. */
    default void setDefault(String name, String value) {
        if (get(name).isEmpty()) {
            set(name, value);
        }
    }

    /** Those of this process. */
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
