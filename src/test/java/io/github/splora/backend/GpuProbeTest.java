package io.github.splora.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuProbeTest {

    @TempDir
    Path root;

    @Test
    void aMachineWithoutAnyOfTheFilesHasNoGpu() throws IOException {
        assertThat(GpuProbe.mayFindGpu("Linux", root)).isFalse();

        Files.createDirectories(root.resolve("sys/bus/pci/devices"));

        assertThat(GpuProbe.mayFindGpu("Linux", root)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"proc/driver/nvidia/version", "dev/nvidiactl", "dev/nvidia0", "dev/dxg", "dev/nvmap"})
    void aLoadedDriverIsEnough(String file) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.createFile(root.resolve(file));

        assertThat(GpuProbe.mayFindGpu("Linux", root)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0x10de, 0x030000, true", "0x10de, 0x030200, true", "0x10de, 0x040300, false", "0x8086, 0x030000, false"
    })
    void aCardOfNvidiaIsEnoughBeforeItsDriverIsLoaded(String vendor, String type, boolean mayFindGpu)
            throws IOException {
        Path device = Files.createDirectories(root.resolve("sys/bus/pci/devices/0000:01:00.0"));
        Files.writeString(device.resolve("vendor"), vendor + "\n");
        Files.writeString(device.resolve("class"), type + "\n");

        assertThat(GpuProbe.mayFindGpu("Linux", root)).isEqualTo(mayFindGpu);
    }

    @Test
    void otherSystemsAreAskedThroughTheEngineUnlessCudaDoesNotExistThere() {
        assertThat(GpuProbe.mayFindGpu("Windows 11", root)).isTrue();
        assertThat(GpuProbe.mayFindGpu("Mac OS X", root)).isFalse();
    }
}
