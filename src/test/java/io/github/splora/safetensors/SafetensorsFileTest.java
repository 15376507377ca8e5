package io.github.splora.safetensors;

import static io.github.splora.safetensors.RawFile.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.TensorInfo;
import io.github.splora.storage.TensorSource;
import io.github.splora.testing.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {

    @TempDir
    Path folder;

    @Test
    void aMissingFileIsRefused() {
        assertThat(RawFile.refusal(folder.resolve("none"))).isEqualTo("does not exist");
    }

    @Test
    void aFolderIsRefused() {
        assertThat(RawFile.refusal(folder)).isEqualTo("is a folder, not a safetensors file");
    }

    @Test
    void aDanglingLinkIsRefusedAsSuch() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("blob"));
        assertThat(RawFile.refusal(link)).isEqualTo("is a symbolic link to a file that does not exist");
    }

    @Test
    void anAbsentTensorIsRefusedByName() {
        Path path = RawFile.of(folder, "{}", 0);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThatThrownBy(() -> file.tensor("x"))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(path + ": tensor 'x': is not in the file");
        }
    }

    @Test
    void aTensorIsReadLittleEndian() {
        try (SafetensorsFile file = twoTensors()) {
            ByteBuffer bytes = Bytes.of(file, file.tensor("b"));
            assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(bytes.remaining()).isEqualTo(4);
            assertThat(bytes.getInt(0)).isEqualTo(0x06050403);
        }
    }

    @Test
    void aSliceStartsAtItsOffsetWithinTheTensor() {
        try (SafetensorsFile file = twoTensors()) {
            assertThat(file.read(file.tensor("b"), 1, 2)).isEqualTo(ByteBuffer.wrap(new byte[] {4, 5}));
        }
    }

    @Test
    void aSliceCannotLeaveItsTensor() {
        try (SafetensorsFile file = twoTensors()) {
            TensorInfo a = file.tensor("a");
            assertThatThrownBy(() -> file.read(a, 1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read(a, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void anEmptyTensorAndAnEmptySliceAreReadAsNoBytes() {
        try (SafetensorsFile file = twoTensors()) {
            assertThat(Bytes.of(file, file.tensor("empty")).remaining()).isZero();
            assertThat(file.read(file.tensor("b"), 4, 0).remaining()).isZero();
        }
    }

    @Test
    void bytesOutliveTheirFile() {
        ByteBuffer bytes;
        try (SafetensorsFile file = twoTensors()) {
            bytes = Bytes.of(file, file.tensor("a"));
        }
        assertThat(bytes.get(2)).isEqualTo((byte) 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 6})
    void doublesAreReadAtAnyAlignment(int alignment) {
        String json = "{" + tensor("t", "F64", "[2]", "[0,16]") + "}";
        json += " ".repeat(Math.floorMod(alignment - json.length(), 8));
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.of(folder, json, 16))) {
            assertThat(file.header().dataOffset() % 8).isEqualTo(alignment);
            ByteBuffer bytes = Bytes.of(file, file.tensor("t"));
            assertThat(bytes.asDoubleBuffer().get(1)).isEqualTo(Double.longBitsToDouble(0x0f0e0d0c0b0a0908L));
        }
    }

    @Test
    void tensorsOverTwoGigabytesAreReadBySlices() throws IOException {
        long length = 3L << 30;
        String json = "{" + tensor("big", "U8", "[" + length + "]", "[0," + length + "]") + ","
                + tensor("next", "U8", "[1]", "[" + length + "," + (length + 1) + "]") + "}";
        Path path = RawFile.of(folder, json, 0);
        long dataOffset = 8L + json.getBytes(StandardCharsets.UTF_8).length;
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(dataOffset + length + 1);
            sparse.seek(dataOffset + length - 1);
            sparse.write(new byte[] {42, 43});
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            TensorInfo big = file.tensor("big");
            assertThat(file.read(big, length - 2, 2)).isEqualTo(ByteBuffer.wrap(new byte[] {0, 42}));
            assertThat(Bytes.of(file, file.tensor("next"))).isEqualTo(ByteBuffer.wrap(new byte[] {43}));
        }
    }

    @Test
    void aChangeOfFileSizeIsDetected() throws IOException {
        try (SafetensorsFile file = twoTensors()) {
            try (RandomAccessFile shorter = new RandomAccessFile(file.path().toFile(), "rw")) {
                shorter.setLength(shorter.length() - 1);
            }
            long size = Files.size(file.path());
            String message = file.path() + ": file size " + size + " bytes: changed while it was read: it was "
                    + (size + 1) + " bytes when the file was opened";
            assertThatThrownBy(() -> Bytes.of(file, file.tensor("a")))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
            TensorSource copy = TensorSource.copyOf(file, file.tensor("b"));
            assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("out"), List.of(copy), Map.of()))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
        }
    }

    private SafetensorsFile twoTensors() {
        String json = "{" + tensor("a", "U8", "[3]", "[0,3]") + "," + tensor("b", "I16", "[2]", "[3,7]") + ","
                + tensor("empty", "F64", "[0,4]", "[7,7]") + "}";
        return SafetensorsFile.open(RawFile.of(folder, json, 7));
    }
}
