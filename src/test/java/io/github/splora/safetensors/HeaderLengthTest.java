package io.github.splora.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderLengthTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void aFileOfFewerThanEightBytesIsTooShort(int size) {
        assertThat(RawFile.refusal(RawFile.ofBytes(folder, new byte[size])))
                .isEqualTo("file size " + size
                        + " bytes: is too short for a safetensors file, which starts with 8 bytes of header length");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aHeaderTooShortForAJsonObjectIsRefused(int length) {
        assertThat(RawFile.refusal(RawFile.withLength(folder, length, new byte[] {' '})))
                .isEqualTo(
                        "header length " + length + ": leaves no room for a JSON object, which takes 2 bytes at least");
    }

    @Test
    void aHeaderPastTheEndOfTheFileIsRefused() {
        assertThat(RawFile.refusal(RawFile.withLength(folder, 3, new byte[] {'{', '}'})))
                .isEqualTo("header length 3: reaches past the end of the file, which has 10 bytes: it was cut short");
    }

    @Test
    void aHeaderOverTheCapIsRefusedAlthoughTheFileHasRoomForIt() throws IOException {
        Path file = RawFile.withLength(folder, 100_000_001, new byte[0]);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(200_000_000);
        }
        assertThat(RawFile.refusal(file))
                .isEqualTo("header length 100000001: is over the format's limit of 100000000"
                        + " bytes, so this is no safetensors file");
    }

    @Test
    void theLengthIsUnsigned() {
        assertThat(RawFile.refusal(RawFile.withLength(folder, -1, new byte[2])))
                .startsWith("header length 18446744073709551615: is over the format's limit");
    }

    @Test
    void aGitLfsPointerIsRecognised() {
        byte[] pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
                .getBytes(StandardCharsets.US_ASCII);
        assertThat(RawFile.refusal(RawFile.ofBytes(folder, pointer)))
                .isEqualTo("is a Git LFS pointer, not the file itself; run 'git lfs pull' to get the file");
    }

    @Test
    void aZippedPickleIsRecognised() {
        byte[] zip = {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0, 0, 0, 0};
        assertThat(RawFile.refusal(RawFile.ofBytes(folder, zip)))
                .isEqualTo(
                        "is a zip archive, most likely a PyTorch pickle, not a safetensors file; give it the name ending .bin to have it"
                                + " read as one");
    }
}
