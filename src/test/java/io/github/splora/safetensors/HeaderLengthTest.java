package io.github.splora.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderLengthTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"0, 0 bytes", "1, 1 byte", "7, 7 bytes"})
    void aFileOfFewerThanEightBytesIsTooShort(int size, String shown) {
        assertThat(RawFile.refusal(RawFile.ofBytes(folder, new byte[size])))
                .isEqualTo("file size " + shown
                        + ": is too short for a safetensors file, which starts with an 8-byte header length");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aHeaderTooShortForAJsonObjectIsRefused(int length) {
        assertThat(RawFile.refusal(RawFile.withLength(folder, length, new byte[] {' '})))
                .isEqualTo(
                        "header length " + length + ": is too small for a JSON object, which takes at least 2 bytes");
    }

    @Test
    void aHeaderPastTheEndOfTheFileIsRefused() {
        assertThat(RawFile.refusal(RawFile.withLength(folder, 3, new byte[] {'{', '}'})))
                .isEqualTo("header length 3: extends past the end of the file, which has 10 bytes: it is truncated");
    }

    @Test
    void aHeaderOverTheCapIsRefusedAlthoughTheFileHasRoomForIt() throws IOException {
        Path file = RawFile.withLength(folder, 100_000_001, new byte[0]);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(200_000_000);
        }
        assertThat(RawFile.refusal(file))
                .isEqualTo("header length 100000001: exceeds the format's limit of 100000000"
                        + " bytes, so this is not a safetensors file");
    }

    @Test
    void theLengthIsUnsigned() {
        assertThat(RawFile.refusal(RawFile.withLength(folder, -1, new byte[2])))
                .startsWith("header length 18446744073709551615: exceeds the format's limit");
    }

    @Test
    void aGitLfsPointerIsRecognized() {
        byte[] pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
                .getBytes(StandardCharsets.US_ASCII);
        assertThat(RawFile.refusal(RawFile.ofBytes(folder, pointer)))
                .isEqualTo("is a Git LFS pointer, not the file itself; run 'git lfs pull' to get the file");
    }

    @Test
    void aZippedPickleIsRecognized() {
        byte[] zip = {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0, 0, 0, 0};
        assertThat(RawFile.refusal(RawFile.ofBytes(folder, zip)))
                .isEqualTo("is a zip archive, most likely a PyTorch pickle, not a safetensors file; rename it to"
                        + " end in .bin to read it as one");
    }
}
