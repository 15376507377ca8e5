package io.github.splora.tensor.djl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnginePartsTest {

    @Test
    void theyAreInstalledWhereDjlIsOnTheClassPath() {
        assertThat(EngineParts.areInstalled()).isTrue();
        assertThat(EngineParts.areInstalled(ClassLoader.getPlatformClassLoader()))
                .isFalse();
    }
}
