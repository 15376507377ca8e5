package io.github.splora.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataFileTest {

    private static final int SIZE = 2 * DataFile.CHUNK_BYTES + 5;

    @TempDir
    Path folder;

    private Path path;
    private byte[] content;

    @BeforeEach
    void write() throws IOException {
        path = folder.resolve("data");
        content = new byte[SIZE];
        new Random(1).nextBytes(content);
        Files.write(path, content);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "7, 1048576", "3, 1048577", "0, 2097157", "2097156, 1", "2097157, 0"})
    void aPartIsReadIntoANewBuffer(long position, int length) {
        try (DataFile file = DataFile.open(path, "test")) {
            ByteBuffer bytes = file.read(position, length);

            assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(bytes.position()).isZero();
            assertThat(bytes).isEqualTo(ByteBuffer.wrap(content, (int) position, length));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBufferIsFilledFromItsPositionToItsLimit(boolean isDirect) {
        int length = DataFile.CHUNK_BYTES + 9;
        ByteBuffer into = isDirect ? ByteBuffer.allocateDirect(length + 4) : ByteBuffer.allocate(length + 4);
        try (DataFile file = DataFile.open(path, "test")) {
            file.read(11, into.position(2).limit(2 + length));
        }

        assertThat(into.position()).isEqualTo(2 + length);
        assertThat(into.limit()).isEqualTo(2 + length);
        assertThat(into.flip().position(2)).isEqualTo(ByteBuffer.wrap(content, 11, length));
        assertThat(into.get(0)).isZero();
        assertThat(into.clear().get(2 + length)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 2097158", "2097157, 1", "2097158, 0"})
    void whatIsNotWithinTheFileIsRefused(long position, int length) {
        try (DataFile file = DataFile.open(path, "test")) {
            assertThatThrownBy(() -> file.read(position, length)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read(position, ByteBuffer.allocate(length)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void offsetsBeyondTwoGibibytesAreRead() throws IOException {
        long position = (5L << 30) + 3;
        Path sparse = folder.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.seek(position);
            file.write(new byte[] {1, 2, 3});
        }
        try (DataFile file = DataFile.open(sparse, "test")) {
            assertThat(file.size()).isEqualTo(position + 3);
            assertThat(file.read(position - 1, 4)).isEqualTo(ByteBuffer.wrap(new byte[] {0, 1, 2, 3}));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, -SIZE, 1})
    void aFileOfAnotherSizeThanBeforeIsBadInput(int change) throws IOException {
        try (DataFile file = DataFile.open(path, "test")) {
            try (RandomAccessFile other = new RandomAccessFile(path.toFile(), "rw")) {
                other.setLength(SIZE + change);
            }
            String message = path + ": file size " + (SIZE + change) + " bytes: changed while it was read: it was "
                    + SIZE + " bytes when the file was opened";
            assertThatThrownBy(() -> file.read(0, 1))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> file.copy(0, SIZE, Channels.newChannel(new ByteArrayOutputStream())))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void aFileReplacedByRenamingIsReadAsItWas() throws IOException {
        try (DataFile file = DataFile.open(path, "test")) {
            Files.move(Files.write(folder.resolve("new"), new byte[] {1}), path, StandardCopyOption.REPLACE_EXISTING);

            assertThat(file.read(0, SIZE)).isEqualTo(ByteBuffer.wrap(content));
        }
    }

    @Test
    void aPartIsCopied() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DataFile file = DataFile.open(path, "test")) {
            file.copy(5, DataFile.CHUNK_BYTES + 17, Channels.newChannel(out));
        }

        assertThat(out.toByteArray()).isEqualTo(Arrays.copyOfRange(content, 5, 5 + DataFile.CHUNK_BYTES + 17));
    }

    @Test
    void severalThreadsReadAtOnce() {
        try (DataFile file = DataFile.open(path, "test")) {
            IntStream.range(0, 64).parallel().forEach(i -> assertThat(file.read(i * 1000L, 100_000))
                    .isEqualTo(ByteBuffer.wrap(content, i * 1000, 100_000)));
        }
    }

    @Test
    void aClosedFileCannotBeRead() {
        DataFile file = DataFile.open(path, "test");
        file.close();

        assertThatThrownBy(() -> file.read(0, 1))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(path + ": cannot be read: ");
    }

    @Test
    void whatIsNoFileIsRefusedAsWhatItIs() {
        assertThatThrownBy(() -> DataFile.open(folder, "test"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(folder + ": is a folder, not a test file");
        assertThatThrownBy(() -> DataFile.open(folder.resolve("gone"), "test"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(folder.resolve("gone") + ": does not exist");
    }
}
