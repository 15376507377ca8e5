package io.github.splora.tensor.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedLibraryTest {

    @TempDir
    Path packed;

    @TempDir
    Path cache;

    private Path unpacked;

    @BeforeEach
    void packAndUnpack() throws IOException {
        Path libraries = Files.createDirectories(packed.resolve("pytorch/cpu/linux-x86_64"));
        unpacked = Files.createDirectories(cache.resolve("2.7.1-1-cpu-linux-x86_64"));
        for (String name : new String[] {"libc10.so", "libtorch.so"}) {
            Files.write(libraries.resolve(name), new byte[1000]);
            Files.write(unpacked.resolve(name), new byte[1000]);
        }
        Files.createDirectories(packed.resolve("native/lib"));
        Files.writeString(
                packed.resolve("native/lib/pytorch.properties"),
                "version=2.7.1-1\nflavor=cpu\nclassifier=linux-x86_64\nlibraries=libc10.so,libtorch.so");
    }

    @Test
    void aWholeOneIsSound() throws IOException {
        assertThat(UnpackedLibrary.problem(cache, classPath())).isEmpty();
    }

    @Test
    void aCutOneIsNot() throws IOException {
        Files.write(unpacked.resolve("libtorch.so"), new byte[999]);

        assertThat(UnpackedLibrary.problem(cache, classPath()))
                .contains(unpacked.resolve("libtorch.so") + " has 999 bytes instead of 1000");
    }

    @Test
    void onePartMissingIsNot() throws IOException {
        Files.delete(unpacked.resolve("libc10.so"));

        assertThat(UnpackedLibrary.problem(cache, classPath())).contains(unpacked.resolve("libc10.so") + " is missing");
    }

    @Test
    void whatWasNeverUnpackedIsNotDamaged() throws IOException {
        assertThat(UnpackedLibrary.problem(cache.resolve("elsewhere"), classPath()))
                .isEmpty();
    }

    @Test
    void withoutALibraryThereIsNothingToCompare() throws IOException {
        try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
            assertThat(UnpackedLibrary.problem(cache, empty)).isEmpty();
            assertThat(UnpackedLibrary.flavor(empty)).isEqualTo("none");
        }
    }

    @Test
    void saysWhatTheLibraryIsFor() throws IOException {
        assertThat(UnpackedLibrary.flavor(classPath())).isEqualTo("cpu");
    }

    private ClassLoader classPath() throws MalformedURLException {
        return new URLClassLoader(new URL[] {packed.toUri().toURL()}, null);
    }
}
