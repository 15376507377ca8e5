package io.github.splora.pickle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.splora.testing.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that torch.save does not write. The valid one has two entries: m/data.pkl and m/data/0. */
class ZipDirectoryTest {

    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END = 0x06054b50;

    @TempDir
    Path folder;

    @Test
    void readsAValidFile() throws IOException {
        try (PickleFile file = PickleFile.open(write(sound()))) {
            assertThat(file.tensors()).containsOnlyKeys("a");
        }
    }

    @Test
    void refusesCompression() throws IOException {
        Path file = folder.resolve("bomb.bin");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry("m/data.pkl"));
            out.write(new byte[1 << 20]);
        }
        assertThat(Refusal.of(() -> PickleFile.open(file)))
                .containsExactly(file + ": zip entry 'm/data.pkl' compression"
                        + " method 8: torch.save neither compresses nor encrypts, and compressed content could"
                        + " be of any size; load it"
                        + " with PyTorch and save its tensors as safetensors");
    }

    @ParameterizedTest
    @CsvSource({"8, 1", "8, 64", "8, 8192", "10, 12", "20, 23"})
    void refusesWhatIsEncryptedOrPacked(int field, int value) throws IOException {
        assertThat(refusal(spoiled(CENTRAL, 2, field, value)))
                .startsWith("zip entry 'm/data/0' compression method ")
                .contains("neither compresses nor encrypts");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "6, 8", "8, 8", "18, 23", "22, 25", "26, 7", "30, 120", "28, 1"})
    void refusesALocalHeaderThatSaysSomethingElse(int field, int value) throws IOException {
        assertThat(refusal(spoiled(LOCAL, 2, field, value)))
                .matches(malformed("zip entry 'm/data/0' (is described differently in its local header|overlaps another"
                        + " part .*)"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0x7fffffff, -2})
    void refusesAnEntryElsewhere(int position) throws IOException {
        assertThat(refusal(spoiledInt(CENTRAL, 2, 42, position)))
                .matches(malformed("zip entry 'm/data/0' is (described differently in its local header|not"
                        + " within the file)"));
    }

    @Test
    void refusesALargeEntryWithoutItsSize() throws IOException {
        byte[] bytes = spoiledInt(CENTRAL, 2, 24, -1);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(position(bytes, CENTRAL, 2) + 20, -1);
        assertThat(refusal(bytes)).matches(malformed("zip entry 'm/data/0' is not within the file"));
    }

    @Test
    void refusesTwoEntriesOfOneName() throws IOException {
        byte[] bytes = bytes(ZipBuilder.oneTensor().entry("m/data/1", new byte[24]));
        bytes[position(bytes, CENTRAL, 3) + 46 + 7] = '0';
        bytes[position(bytes, LOCAL, 3) + 30 + 7] = '0';
        assertThat(refusal(bytes)).matches(malformed("zip entry 'm/data/0' appears twice"));
    }

    @Test
    void refusesEntriesThatOverlap() throws IOException {
        int second = position(sound(), LOCAL, 2);
        byte[] another = Arrays.copyOfRange(sound(), second, second + 30 + 8 + 24);
        byte[] bytes = bytes(new ZipBuilder().entry("m/data.pkl", another).entry("m/data/0", new byte[24]));
        int inside = position(bytes, LOCAL, 2);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(position(bytes, CENTRAL, 2) + 42, inside);
        assertThat(refusal(bytes)).matches(malformed("zip entry 'm/data/0' overlaps another part of the archive"));
    }

    @Test
    void refusesANameThatIsNotUtf8() throws IOException {
        byte[] bytes = sound();
        bytes[position(bytes, CENTRAL, 2) + 46] = (byte) 0xff;
        assertThat(refusal(bytes)).matches(malformed("an entry's name is not UTF-8"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, its directory does not have an entry where one is expected",
        "28, an entry of its directory extends past the directory's end",
        "30, an entry of its directory extends past the directory's end",
        "32, an entry of its directory extends past the directory's end"
    })
    void refusesABrokenDirectory(int field, String reason) throws IOException {
        assertThat(refusal(spoiled(CENTRAL, 2, field, 0x7777))).matches(malformed(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "10, its directory has 2 entries instead of 9",
        "12, its directory is not where its end record says",
        "16, its directory is not where its end record says",
        "20, 'its end record is missing, so it was truncated or something was appended'"
    })
    void refusesAnEndThatIsWrong(int field, String reason) throws IOException {
        assertThat(refusal(spoiled(END, 1, field, 9))).matches(malformed(reason));
    }

    @Test
    void refusesATruncatedOrExtendedFile() throws IOException {
        byte[] bytes = sound();
        String reason = malformed("its end record is missing, so it was truncated or something was appended");
        assertThat(refusal(Arrays.copyOf(bytes, bytes.length - 1))).matches(reason);
        assertThat(refusal(Arrays.copyOf(bytes, bytes.length + 1))).matches(reason);
        assertThat(refusal(Arrays.copyOf(bytes, 10))).matches(reason);
    }

    @Test
    void refusesALongDirectory() throws IOException {
        Path file = new ZipBuilder().entry("m/data.pkl", new byte[1]).writeTo(folder.resolve("long.bin"));
        byte[] bytes = Files.readAllBytes(file);
        int directory = position(bytes, CENTRAL, 1);
        ByteBuffer longer =
                ByteBuffer.allocate(bytes.length + ZipDirectory.MAX_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        longer.put(bytes, 0, bytes.length - 22).position(longer.limit() - 22);
        longer.put(bytes, bytes.length - 22, 22);
        longer.putInt(longer.limit() - 10, longer.limit() - 22 - directory);
        assertThat(refusal(longer.array()))
                .isEqualTo("zip directory " + (longer.limit() - 22 - directory) + " bytes: exceeds the limit of"
                        + " 8388608 bytes; load it with PyTorch and save its tensors as safetensors");
    }

    @Test
    void namesLeadNowhere() throws IOException {
        Path file = ZipBuilder.oneTensor()
                .entry("../../evil", new byte[1])
                .entry("/etc/passwd", new byte[1])
                .writeTo(folder.resolve("paths.bin"));
        try (PickleFile opened = PickleFile.open(file)) {
            assertThat(opened.tensors()).containsOnlyKeys("a");
        }
        assertThat(folder).isDirectoryContaining(path -> path.equals(file)).isDirectoryNotContaining("glob:**evil");
    }

    @Test
    void refusesAnArchiveWithoutAPickleOrWithTwo() throws IOException {
        assertThat(refusal(bytes(new ZipBuilder().entry("data.pkl", new byte[1]))))
                .matches(malformed("it has 0 entries named NAME/data.pkl"));
        assertThat(refusal(bytes(ZipBuilder.oneTensor().entry("n/data.pkl", new byte[1]))))
                .matches(malformed("it has 2 entries named NAME/data.pkl"));
    }

    @Test
    void refusesALongPickle() {
        Path file = new ZipBuilder()
                .sparse("m/data.pkl", new byte[1], PickleFile.MAX_PICKLE_LENGTH + 1L)
                .writeTo(folder.resolve("long.bin"));
        assertThat(Refusal.of(() -> PickleFile.open(file)))
                .containsExactly(file + ": zip entry 'm/data.pkl' 33554433"
                        + " bytes: exceeds the limit of 33554432 bytes for a pickle; load it with PyTorch and save its tensors as"
                        + " safetensors");
    }

    @Test
    void refusesTheOtherByteOrder() throws IOException {
        assertThat(refusal(bytes(ZipBuilder.oneTensor().entry("m/byteorder", "big".getBytes(StandardCharsets.UTF_8)))))
                .isEqualTo("zip entry 'm/byteorder' big: only little-endian files can be read; load it with PyTorch and"
                        + " save its tensors as safetensors");
    }

    private static String malformed(String reason) {
        return "zip archive: was not written by torch.save: " + reason + "; download the file again, or load it with"
                + " PyTorch and save its tensors as safetensors";
    }

    private byte[] sound() throws IOException {
        return bytes(ZipBuilder.oneTensor());
    }

    private byte[] bytes(ZipBuilder zip) throws IOException {
        Path file = zip.writeTo(folder.resolve("built"));
        byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        return bytes;
    }

    /**
     * Returns the valid archive with two bytes changed in the {@code nth} header that starts with {@code signature}.
     */
    private byte[] spoiled(int signature, int nth, int field, int value) throws IOException {
        byte[] bytes = sound();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putShort(position(bytes, signature, nth) + field, (short)
                value);
        return bytes;
    }

    private byte[] spoiledInt(int signature, int nth, int field, int value) throws IOException {
        byte[] bytes = sound();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(position(bytes, signature, nth) + field, value);
        return bytes;
    }

    private static int position(byte[] bytes, int signature, int nth) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int found = 0;
        for (int i = 0; i <= bytes.length - 4; i++) {
            if (buffer.getInt(i) == signature && ++found == nth) {
                return i;
            }
        }
        throw new IllegalArgumentException(nth + " of " + signature);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("m.bin"), bytes);
    }

    private String refusal(byte[] bytes) throws IOException {
        Path file = write(bytes);
        List<String> lines = Refusal.of(() -> PickleFile.open(file));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith(file + ": ");
        return lines.get(0).substring(file.toString().length() + 2);
    }
}
