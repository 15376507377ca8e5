package io.github.splora.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.splora.error.BadInputException;
import io.github.splora.storage.DType;
import io.github.splora.storage.TensorSource;
import io.github.splora.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {

    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void nameTarget() {
        target = folder.resolve("out.safetensors");
    }

    /** A source that writes the given number of bytes, right or wrong. */
    private record Source(String name, DType dtype, List<Long> shape, byte[] bytes) implements TensorSource {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            out.write(ByteBuffer.wrap(bytes));
        }
    }

    private static Source source(String name, DType dtype, byte... bytes) {
        return new Source(name, dtype, List.of(bytes.length * 8L / dtype.bits()), bytes);
    }

    @Test
    void aFileIsWrittenToTheByte() throws IOException {
        write(
                Map.of("format", "pt", "b", "2", "a", "1"),
                source("x", DType.U8, (byte) 7),
                new Source("y", DType.F32, List.of(1L, 1L), new byte[] {1, 2, 3, 4}));
        String json = "{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\",\"format\":\"pt\"},"
                + "\"y\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
                + "\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[4,5]}}";
        json += " ".repeat(Math.floorMod(-json.length(), 8));
        ByteBuffer expected = ByteBuffer.allocate(8 + json.length() + 5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length())
                .put(json.getBytes(StandardCharsets.UTF_8))
                .put(new byte[] {1, 2, 3, 4, 7});
        assertThat(Files.readAllBytes(target)).isEqualTo(expected.array());
    }

    @Test
    void anEmptyFileHasItsMetadataOnly() throws IOException {
        write(Map.of());
        assertThat(new String(Files.readAllBytes(target), StandardCharsets.UTF_8).substring(8))
                .isEqualTo("{\"__metadata__\":{\"format\":\"pt\"}}"
                        .concat(" ".repeat(7))
                        .substring(0, 32));
    }

    @Test
    void theOrderOfTheInputMakesNoDifference() throws IOException {
        List<Source> sources = new ArrayList<>();
        for (DType dtype : DType.values()) {
            sources.add(source(dtype + ".b", dtype, new byte[dtype.bits()]));
            sources.add(source(dtype + ".a", dtype, new byte[dtype.bits() * 2]));
        }
        SafetensorsWriter.write(target, sources, Map.of("k", "v"));
        byte[] first = Files.readAllBytes(target);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(sources, new Random(seed));
            SafetensorsWriter.write(target, sources, Map.of("k", "v"));
            assertThat(Files.readAllBytes(target)).isEqualTo(first);
        }
    }

    @Test
    void theWidestDtypeComesFirstAndThenTheNameByCodePoint() throws IOException {
        // In UTF-16 order, which String uses, the emoji would come before U+FFFD.
        write(
                Map.of(),
                source("\uFFFD", DType.F32, new byte[4]),
                source("😀", DType.F32, new byte[4]),
                source("b", DType.BOOL, new byte[1]),
                source("a10", DType.F32, new byte[4]),
                source("a2", DType.F32, new byte[4]),
                source("half", DType.F16, new byte[2]),
                source("long", DType.I64, new byte[8]));
        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            assertThat(file.header().tensors().keySet())
                    .containsExactly("long", "a10", "a2", "\uFFFD", "😀", "half", "b");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void theDataStartsAtAMultipleOfEight(int nameLength) throws IOException {
        write(Map.of(), source("n".repeat(nameLength), DType.U8, (byte) 9));
        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            assertThat(file.header().dataOffset() % 8).isZero();
            assertThat(Bytes.of(file, file.tensor("n".repeat(nameLength))).get(0))
                    .isEqualTo((byte) 9);
        }
    }

    @Test
    void metadataIsKeptAndAFormatAddedOnlyIfMissing() throws IOException {
        Map<String, String> metadata = Map.of("k", "\"\\\n\u001f😀/é");
        write(metadata);
        assertThat(metadataOfTarget()).isEqualTo(Map.of("format", "pt", "k", "\"\\\n\u001f😀/é"));
        assertThat(Files.readString(target).substring(8)).contains("\"k\":\"\\\"\\\\\\n\\u001f😀/é\"");
        write(Map.of("format", "np"));
        assertThat(metadataOfTarget()).isEqualTo(Map.of("format", "np"));
    }

    @Test
    void aCopyHasTheSameBits() throws IOException {
        byte[] noise = new byte[(3 << 20) + 8];
        new Random(1).nextBytes(noise);
        write(
                Map.of(),
                source("noise", DType.F64, noise),
                source("none", DType.F16),
                new Source("scalar", DType.BF16, List.of(), new byte[] {(byte) 0xc1, (byte) 0x7f}));
        Path copy = folder.resolve("copy");
        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            List<TensorSource> sources = new ArrayList<>();
            file.header().tensors().values().forEach(tensor -> sources.add(TensorSource.copyOf(file, tensor)));
            Collections.reverse(sources);
            SafetensorsWriter.write(copy, sources, file.header().metadata());
        }
        assertThat(copy).hasSameBinaryContentAs(target);
    }

    @Test
    void aFileCanBeReplacedByACopyOfItself() throws IOException {
        write(Map.of(), source("a", DType.U8, (byte) 1, (byte) 2));
        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            SafetensorsWriter.write(target, List.of(TensorSource.copyOf(file, file.tensor("a"))), Map.of("new", "yes"));
        }
        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            assertThat(Bytes.of(file, file.tensor("a"))).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
            assertThat(file.header().metadata()).containsEntry("new", "yes");
        }
    }

    @Test
    void aFailingSourceLeavesNothingBehind() throws IOException {
        TensorSource failing = failing(new IOException("no more"));
        assertThatThrownBy(() -> write(Map.of(), failing))
                .isInstanceOf(IOException.class)
                .hasMessage("no more");
        assertThat(filesInFolder()).isEmpty();
    }

    @Test
    void aFailingSourceLeavesTheTargetUnchanged() throws IOException {
        Files.writeString(target, "precious");
        TensorSource failing = failing(new IOException("no more"));
        assertThatThrownBy(() -> write(Map.of(), failing)).isInstanceOf(IOException.class);
        assertThat(target).hasContent("precious");
        assertThat(filesInFolder()).containsExactly(target);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5})
    void aSourceOfTheWrongLengthIsRefused(int count) throws IOException {
        Source wrong = new Source("w", DType.F32, List.of(1L), new byte[count]);
        assertThatThrownBy(() -> write(Map.of(), wrong))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the source of tensor 'w' wrote " + (count > 4 ? "at least " : "") + count
                        + " bytes instead of the 4 that its dtype and shape require");
        assertThat(filesInFolder()).isEmpty();
    }

    @Test
    void subByteElementsThatDoNotFillWholeBytesAreRefused() {
        Source odd = new Source("odd", DType.F6_E2M3, List.of(3L), new byte[3]);
        assertThatThrownBy(() -> write(Map.of(), odd))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'odd' of F6_E2M3 and shape [3] does not fill whole bytes");
    }

    @Test
    void subByteElementsThatFillWholeBytesAreWritten() throws IOException {
        write(Map.of(), new Source("f6", DType.F6_E2M3, List.of(4L), new byte[] {1, 2, 3}));
        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            assertThat(file.tensor("f6").byteLength()).isEqualTo(3);
        }
    }

    @Test
    void aNegativeDimensionIsRefused() {
        Source negative = new Source("n", DType.I8, List.of(-1L, -1L), new byte[1]);
        assertThatThrownBy(() -> write(Map.of(), negative))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'n' of I8 and shape [-1, -1] has a negative dimension");
    }

    @ParameterizedTest
    @ValueSource(strings = {"__metadata__", "\ud800", "a\udc00"})
    void namesThatTheFormatCannotHoldAreRefused(String name) {
        assertThatThrownBy(() -> write(Map.of(), source(name, DType.I8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(" has an invalid name");
    }

    @Test
    void aNameGivenTwiceIsRefused() {
        assertThatThrownBy(() -> write(Map.of(), source("a", DType.I8), source("a", DType.F32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'a' is given twice");
    }

    @Test
    void metadataThatUtf8CannotHoldIsRefused() {
        assertThatThrownBy(() -> write(Map.of("k", "\udfff")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("__metadata__ 'k' has an unpaired surrogate");
    }

    @Test
    void aHeaderThatNobodyCouldReadIsNotWritten() throws IOException {
        assertThatThrownBy(() -> write(Map.of("k", "v".repeat(100_000_000))))
                .isInstanceOf(BadInputException.class)
                .hasMessage(target + ": header length 100000040: would exceed the format's limit of 100000000 bytes");
        assertThat(filesInFolder()).isEmpty();
    }

    @Test
    void theFileGetsThePermissionsOfAnyNewFile() throws IOException {
        write(Map.of());
        Path ordinary = Files.createFile(folder.resolve("ordinary"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(ordinary)));
    }

    private void write(Map<String, String> metadata, TensorSource... sources) throws IOException {
        SafetensorsWriter.write(target, Arrays.asList(sources), metadata);
    }

    private Map<String, String> metadataOfTarget() {
        try (SafetensorsFile file = SafetensorsFile.open(target)) {
            return file.header().metadata();
        }
    }

    private List<Path> filesInFolder() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static TensorSource failing(IOException failure) {
        return new TensorSource() {
            @Override
            public String name() {
                return "f";
            }

            @Override
            public DType dtype() {
                return DType.U8;
            }

            @Override
            public List<Long> shape() {
                return List.of(2L);
            }

            @Override
            public void writeTo(WritableByteChannel out) throws IOException {
                out.write(ByteBuffer.allocate(1));
                throw failure;
            }
        };
    }
}
