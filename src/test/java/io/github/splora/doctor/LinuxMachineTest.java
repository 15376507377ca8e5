package io.github.splora.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LinuxMachineTest {

    private static final List<String> NO_SMI = List.of("no-such-program-of-nvidias");

    @TempDir
    Path root;

    @Test
    void anEmptyMachineHasNothing() {
        LinuxMachine machine = new LinuxMachine(root, NO_SMI);

        assertThat(machine.cards()).isEmpty();
        assertThat(machine.driver()).isEmpty();
        assertThat(machine.hasLibcuda()).isFalse();
        assertThat(machine.cpu()).isEqualTo(System.getProperty("os.arch"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void nvidiasProgramNamesCardsAndDriver() {
        LinuxMachine machine = new LinuxMachine(
                root, List.of("printf", "NVIDIA H100 80GB HBM3, 570.86.15\\nNVIDIA H100 80GB HBM3, 570.86.15\\n"));

        assertThat(machine.cards()).containsExactly("NVIDIA H100 80GB HBM3", "NVIDIA H100 80GB HBM3");
        assertThat(machine.driver()).contains("570.86.15");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void nvidiasProgramMaySayNothingBetweenItsCommas() {
        assertThat(new LinuxMachine(root, List.of("printf", ",\\n")).cards()).containsExactly("");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void nvidiasProgramMayFail() {
        LinuxMachine machine = new LinuxMachine(root, List.of("sh", "-c", "echo a, b; exit 9"));

        assertThat(machine.cards()).isEmpty();
        assertThat(machine.driver()).isEmpty();
    }

    @Test
    void aCardIsSeenOnTheBusWithoutADriver() throws IOException {
        file("sys/bus/pci/devices/0000:00:02.0/vendor", "0x8086\n");
        file("sys/bus/pci/devices/0000:00:02.0/class", "0x030000\n");
        file("sys/bus/pci/devices/0000:01:00.0/vendor", "0x10de\n");
        file("sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n");
        file("sys/bus/pci/devices/0000:01:00.1/vendor", "0x10de\n");
        file("sys/bus/pci/devices/0000:01:00.1/class", "0x040300\n");

        assertThat(new LinuxMachine(root, NO_SMI).cards()).containsExactly("NVIDIA card at 0000:01:00.0");
    }

    @Test
    void aLoadedDriverIsSeenWithoutNvidiasProgram() throws IOException {
        file(
                "proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build\nGCC version: 12\n");

        assertThat(new LinuxMachine(root, NO_SMI).driver()).contains("570.86.15");
    }

    @Test
    void knowsTheProcessorAndTheDriversLibrary() throws IOException {
        file("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\nprocessor\t: 1\nmodel name\t: Other\n");
        file("usr/lib64/libcuda.so.1", "");
        LinuxMachine machine = new LinuxMachine(root, NO_SMI);

        assertThat(machine.cpu()).isEqualTo("Some CPU @ 3 GHz");
        assertThat(machine.hasLibcuda()).isTrue();
    }

    private void file(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
